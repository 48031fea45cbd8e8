/** Shapes of `/measure`: the leak, Kotler's four steps, costs, acquisition against retention, lifetime value. */
import type { Described, Narrow } from './described';
import type { Money, Params, Reason } from './types';

/** `inferred`: guessed from behaviour, not recorded by a person. */
export type LeakReason = Described<'ReasonCount'>;

export type LeakMonth = Described<'LeakMonth'>;

/** `plugged` is what happens when nobody leaves through this hole any more. */
export type Hole = Described<'Hole'>;

export type Leak = Described<'Board'>;

/** `discount` is per year, as a share of 1. */
export type KotlerInputs = Described<'Inputs'>;

export type Kotler = Narrow<Described<'Kotler'>, { missing: Reason[] }>;

export type CostKind = 'acquisition' | 'retention';
export type Cost = Narrow<Described<'Cost'>, { kind: CostKind }>;

export interface Missing {
	missing: Reason;
}
export type Economics = Narrow<
	Described<'Economics'>,
	{
		acquisition: { cost: Money; gained: number; each: Money | null } | Missing;
		retention: { cost: Money; kept: number; each: Money | null } | Missing;
		by_medium: Narrow<Described<'Medium'>, { kind: CostKind }>[];
		missing: Reason[];
	}
>;

export type Finding = Narrow<Described<'Finding'>, { params: Params }>;

/**
 * `basis` is what value is counted in; null before the first run. `deciles` are tenths of the people by value, and
 * `value_min` the lowest among them, in minor units.
 */
export type Value = Narrow<
	Described<'ValueBoard'>,
	{ models: Record<string, Record<string, number | string> | Missing> | Missing; findings: Finding[] }
>;

export const isMissing = (value: unknown): value is Missing =>
	typeof value === 'object' && value !== null && 'missing' in value && (value as Missing).missing != null;
