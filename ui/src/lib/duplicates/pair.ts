/** What the page of duplicates says of a pair; computed here so that it can be tested without a page. */
import type { Contact, Money, Proposal, Side } from '$lib/api/types';

/** From here on a merge of many at once is offered. */
export const SURE = 95;
const LIKELY = 75;
const EVEN = 50;

export type Sureness = 'high' | 'good' | 'even' | 'low';

export const sureness = (score: number): Sureness =>
	score >= SURE ? 'high' : score >= LIKELY ? 'good' : score >= EVEN ? 'even' : 'low';

/** Who stays unless somebody says otherwise: whoever has more orders, of two the older record. */
export function survivorOf(pair: Pick<Proposal, 'sides'>): 0 | 1 {
	const [one, other] = pair.sides;
	return other && one && other.orders > one.orders ? 1 : 0;
}

/** The contacts of a kind, as they are shown. */
export const contactsOf = (side: Pick<Side, 'contacts'>, kind: Contact['kind']): string[] =>
	side.contacts.filter((contact) => contact.kind === kind).map((contact) => contact.shown);

export interface Joined {
	orders: number;
	/** Null where nothing was spent or in two currencies, which are not added. */
	spend: Money | null;
	contacts: number;
}

/** What one customer made of both would have. */
export function joined(sides: readonly Side[]): Joined {
	const spends = sides.map((side) => side.spend).filter((spend) => spend !== null);
	const currencies = new Set(spends.map((spend) => spend.currency));
	const first = spends[0];
	const sum = spends.reduce((all, spend) => all + spend.amount_minor, 0);
	return {
		orders: sides.reduce((all, side) => all + side.orders, 0),
		spend: first && currencies.size === 1 ? { currency: first.currency, amount_minor: sum } : null,
		contacts: sides.reduce((all, side) => all + side.contacts.length, 0)
	};
}
