/** Shapes of `/choose`: life-cycle states, RFM cells, and who comes again after the first, second, third visit. */
import type { Day, Money, Reason, State } from './types';

export type StateCounts = Record<State, number>;

/** Multiples of a person's usual interval, and days; the meaning of each stands beside its field on the page. */
export interface StateSettings {
	active_until: number;
	lost_after: number;
	regular_orders: number;
	regular_days: number;
	min_interval_days: number;
}

export interface States {
	as_of: Day;
	counts: StateCounts;
	settings: StateSettings;
	company_interval_days: number | null;
}

export interface StatesPreview {
	counts: StateCounts;
	now: { counts: StateCounts } | StateCounts;
}

export interface RfmCell {
	r: number;
	f: number;
	count: number;
	spend: Money | null;
}

export interface Rfm {
	as_of: Day;
	cells: RfmCell[];
	cuts: { r: number[]; f: number[]; m: number[] };
	m: { m: number; count: number }[];
}
export type RfmAnswer = Rfm | { missing: Reason };

export interface VisitStep {
	visit: number;
	people: number;
	converted: number;
	share: number | null;
	median_days: number | null;
}

export interface VisitGroup {
	people: number;
	regulars: number;
	share: number | null;
}

export interface Visits {
	steps: VisitStep[];
	one_away: { count: number; href: string };
	by_store: (VisitGroup & { store: string | null })[];
	by_staff: (VisitGroup & { staff: string | null })[];
}
