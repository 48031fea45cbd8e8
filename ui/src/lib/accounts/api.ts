/** Shapes of key accounts, quality and what is judged of customers. */
import type { Described, Narrow } from '$lib/api/described';
import type { State } from '$lib/api/types';

export type AccountParty = Narrow<Described<'AccountParty'>, { state: State }>;
export type Candidate = Described<'Candidate'>;
export type KeyAccount = Described<'KeyAccount'>;
export type WatchRow = Described<'WatchRow'>;
export type AccountBoard = Described<'AccountBoard'>;
export type AccountSettings = Described<'AccountSettings'>;
export type QualityBoard = Described<'QualityBoard'>;
export type QualityRow = Described<'QualityRow'>;
export type Worth = Described<'Worth'>;
export type Assessment = Described<'Assessment'>;
export type AssessmentAnswer = Described<'AssessmentAnswer'>;

/** Inputs whose numbers are amounts of a year, and scores from 0 to 10. */
export const AMOUNTS = ['margin', 'cost_to_serve', 'forecast'] as const;
export const SCORES = ['potential', 'fit', 'purchase_needs', 'bargaining_power', 'price_sensitivity'] as const;
export const PROMOTIONS = ['referral', 'review', 'recommendation'] as const;

/** A row of a table of judgements. */
export interface AssessmentRow {
	customer: string;
	input: string;
	value: number;
	currency?: string;
	day?: string;
	source?: string;
	note?: string;
}
