/** Shapes of `/choose`: life-cycle states, RFM cells, and who comes again after the first, second, third visit. */
import type { Described, Narrow } from './described';
import type { Reason, State } from './types';

export type StateCounts = Record<State, number>;

/** Multiples of a person's usual interval, and days; the meaning of each stands beside its field on the page. */
export type StateSettings = Described<'StateSettings'>;

export type States = Narrow<Described<'States'>, { counts: StateCounts }>;

export type StatesPreview = Narrow<Described<'Preview'>, { counts: StateCounts; now: { counts: StateCounts } }>;

export type Transitions = Narrow<
	Described<'Transitions'>,
	{ moves: { before: State; after: State; people: number }[] }
>;

export type RfmCell = Described<'RfmCell'>;

export type Rfm = Described<'RfmCells'>;
export type RfmAnswer = Rfm | { missing: Reason };

export type VisitStep = Described<'VisitStep'>;

export type VisitGroup = Omit<Described<'ByStore'>, 'store'>;
export type Visits = Described<'Visits'>;
