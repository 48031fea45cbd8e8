/**
 * From the shapes generated out of the API's description to those the pages use. Whatever a page expects and the
 * description does not have is then an error of the type check, not a blank on the screen.
 */
import type { components } from './schema';

type Schemas = components['schemas'];

/**
 * The server writes every field; the description calls those that may be null optional. What it says of no member
 * (`params`) is just an object.
 */
type Whole<T> = T extends readonly (infer Item)[]
	? Whole<Item>[]
	: T extends Record<string, never>
		? object
		: T extends object
			? { [K in keyof T]-?: Whole<Exclude<T[K], undefined>> }
			: T;

/** A shape of the API as it is described. */
export type Described<Name extends keyof Schemas> = Whole<Schemas[Name]>;

/** A shape whose fields `Fields` are known more closely than described: one of a few words, the members of an object. */
export type Narrow<T, Fields extends { [K in keyof Fields]: K extends keyof T ? T[K] : never }> = Omit<
	T,
	keyof Fields
> &
	Fields;
