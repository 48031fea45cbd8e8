/** Shapes of `/measure`: the leak, Kotler's four steps, costs, acquisition against retention, lifetime value. */
import type { Day, Id, Money, Month, Params, Reason } from './types';

export interface LeakReason {
	reason: string;
	/** Guessed from behaviour, not recorded by a person. */
	inferred: boolean;
	avoidable: boolean;
	count: number;
}

export interface LeakMonth {
	month: Month;
	opening: number;
	inflow: number;
	outflow: number;
	level: number;
	loss_rate: number | null;
	reasons: LeakReason[];
}

export interface Hole extends LeakReason {
	share_of_outflow: number;
	value: Money | null;
	/** What happens when nobody leaves through this hole any more. */
	plugged: { loss_rate: number | null; steady_state: number | null; extra_people: number | null };
}

export interface Leak {
	as_of: Day;
	months: LeakMonth[];
	level: number;
	inflow: number;
	outflow: number;
	loss_rate: number | null;
	steady_state: number | null;
	holes: Hole[];
	value_per_person: Money | null;
}

export interface KotlerInputs {
	start: number;
	repeat: number;
	avoidable: number;
	profit_per_year: Money | null;
	years: number;
	/** Per year, as a share of 1. */
	discount: number;
	programme_cost: Money | number | null;
	saved_share: number;
	defaults?: Record<string, unknown>;
}

export interface Kotler {
	inputs: KotlerInputs;
	retention: number | null;
	loss: number;
	loss_by_reason: LeakReason[];
	profit_lost_each: Money | null;
	profit_lost: Money | null;
	saved: Money | null;
	spend: boolean | null;
	sensitivity: { saved_share: number; saved: Money; spend: boolean | null }[];
	missing?: Reason | Reason[];
}

export type CostKind = 'acquisition' | 'retention';
export interface Cost {
	id: Id;
	kind: CostKind;
	month: Month;
	amount: Money;
	medium: string | null;
	note: string | null;
}

export interface Missing {
	missing: Reason;
}
export interface Economics {
	acquisition: { cost: Money; gained: number; each: Money | null } | Missing;
	retention: { cost: Money; kept: number; each: Money | null } | Missing;
	ratio: number | null;
	reference: number;
	by_medium: { kind?: CostKind; medium: string | null; cost: Money; gained?: number | null; each?: Money | null }[];
	cac_payback_months: number | null;
	clv_to_cac: number | null;
	missing?: Reason[];
}

export interface Finding {
	code: string;
	params: Params;
	href: string;
}

export interface Value {
	as_of: Day;
	models: Record<string, Record<string, number | string> | Missing> | Missing;
	customers: number;
	/** What value is counted in; null before the first run. */
	basis?: 'margin' | 'revenue' | null;
	expected_orders_total: number | null;
	value_total: Money | null;
	calibration: { x: number; actual: number; expected: number; people: number }[];
	/** Tenths of the people by value; `value_min` is the lowest among them, in minor units. */
	deciles: { decile: number; people: number; value: Money; value_min?: number }[];
	relationship: { months: { month: Month; first: Money; repeat: Money }[]; share: number | null };
	findings: Finding[];
	refit_job: Id | null;
}

export const isMissing = (value: unknown): value is Missing =>
	typeof value === 'object' && value !== null && 'missing' in value && (value as Missing).missing != null;
