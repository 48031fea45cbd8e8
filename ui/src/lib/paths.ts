/** Stands for our own address; nothing is asked of it. */
const HERE = 'http://own.invalid';

/**
 * A path of ours, whatever came: never an address elsewhere. It is read as browsers read it, who pass over tabs and line
 * breaks and take `\` for `/`.
 */
export function ownPath(path: string | null): string {
	if (!path?.startsWith('/') || !URL.canParse(path, HERE)) return '/';
	return new URL(path, HERE).origin === HERE ? path : '/';
}
