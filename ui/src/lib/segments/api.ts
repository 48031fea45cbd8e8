/** Shapes of `/choose/segments`. */
import type { Day, Id, Instant, PartyRow } from '$lib/api/types';
import type { Lang } from '$lib/api/types';
import type { Filters } from '$lib/customers/filters';
import { fmt } from '$lib/i18n';
import type { Words } from '$lib/i18n/ko';
import type { Asks, Rule } from './rule';

export type Both = Record<Lang, string>;
export interface Named {
	name: string;
	label: Both;
}
export interface OfferedField extends Asks {
	label: Both;
	choices: Named[];
	historical: boolean;
	/** A day that is still to come: `within` means the next days. */
	ahead?: boolean;
	/** Where people look for it. */
	area: string;
}
export interface OfferedDeed {
	word: string;
	label: Both;
	attributes: Named[];
	money: boolean;
	any: boolean;
}
export interface Offer {
	fields: OfferedField[];
	deeds: OfferedDeed[];
	kinds: Named[];
}

export interface Count {
	count: number;
	more: boolean;
}
/** How many, in words; a count that took too long is at least so many. */
export const countText = (t: Words['segments'], { count, more }: Count): string =>
	more ? t.moreThan(fmt.number(count)) : t.people(fmt.number(count));

export interface Asked extends Count {
	sample: PartyRow[];
	text: string;
	rule: Rule;
	sentence: Both;
	nightly: boolean;
}
/** A rule to begin with: a board's cell, or a list. */
export interface Given {
	text: string;
	/** None where the text was not understood. */
	rule: Rule | null;
	/** Filters of the list that no condition says. */
	left_out: string[];
	/** The filters of the list. */
	filters: Filters;
}
export interface Overlap {
	left: Count;
	right: Count;
	both: Count;
}

export interface Segment {
	id: Id;
	name: string;
	folder: string;
	kind: 'rule' | 'static';
	text: string | null;
	rule: Rule;
	sentence: Both | null;
	version: number;
	size: number | null;
	current: boolean;
	nightly: boolean;
	heard: boolean;
	/** Why its members could not be looked at. */
	failure: string | null;
	changed_at: Instant;
}
export interface SegmentDetail extends Segment {
	hand_in: number;
	hand_out: number;
	sizes: { day: Day; size: number }[];
	versions: { version: number; text: string | null; at: Instant; by: string }[];
}

/** People set in and out by hand. */
export interface Sides {
	inside: PartyRow[];
	outside: PartyRow[];
}

export interface Reason {
	part: 'all' | 'any' | 'not' | 'leaf';
	holds: boolean;
	clause: Both;
	value: Both | null;
	parts: Reason[];
}

/** The whole rule, asked of one person. */
export interface Why extends Reason {
	/** Since when they are meant by no rule, because they asked not to be used. */
	suspended_since?: string | null;
}
