/**
 * The list's filters, which live in the address and nowhere else. Names are those of `GET /parties`.
 * `open` and `card` are in the address too, but are not filters: changing them must not load the list again.
 */
import { STATES, type State } from '$lib/api/types';
import { fmt } from '$lib/i18n';
import { parseAmount } from '$lib/i18n/format';
import type { Words } from '$lib/i18n/ko';
import { isMarket } from '$lib/parties/markets';
import { reasonWord } from '$lib/reasons';

export const FILTERS = [
	'q',
	'state',
	'late',
	'contacted',
	'vip',
	'r',
	'f',
	'm',
	'source',
	'import',
	'month',
	'move',
	'live_in',
	'lost_since',
	'kept_since',
	'reason',
	'orders_min',
	'orders_max',
	'days_min',
	'days_max',
	'spend_min',
	'spend_max',
	'first_from',
	'first_to',
	'last_from',
	'last_to',
	'bought_from',
	'bought_to',
	'alive_min',
	'alive_max',
	'value_min',
	'value_max',
	'store',
	'staff',
	'consent',
	'vip_tier',
	'vip_falls',
	'bond_level',
	'bond_on',
	'bond_was',
	'bond_from',
	'key_account',
	'true_customer',
	'quality_cell',
	'quality_min',
	'quality_max',
	'profit_min',
	'profit_max',
	'segment',
	'market',
	'kind',
	'tag',
	'tie',
	'tied_to',
	'birthday_within',
	'reachable',
	'named',
	'ids'
] as const;
export type FilterKey = (typeof FILTERS)[number];
export type Filters = Partial<Record<FilterKey, string>>;

/** Reads only the filters, so that SvelteKit knows which parameters the list depends on. */
export function filtersOf(params: URLSearchParams): Filters {
	const filters: Filters = {};
	for (const key of FILTERS) {
		const value = params.get(key);
		if (value) filters[key] = value;
	}
	return filters;
}

/** The same filters always give the same text: for comparing with saved views. */
export function queryOf(filters: Filters): string {
	const params = new URLSearchParams();
	for (const key of FILTERS) {
		const value = filters[key];
		if (value) params.set(key, value);
	}
	return params.toString().replaceAll('%2C', ',');
}

/** What is asked of every market, in the address alone. */
export const EVERY_MARKET = 'all';
/** Of whoever asks for these, the address says already who it is: nobody is left out for being no customer. */
const NAMED: readonly FilterKey[] = ['q', 'segment', 'ids', 'import'];

/** What the server is asked: the list is of customers, unless the address says otherwise. */
export function askedOf(filters: Filters): Filters {
	const { market, ...rest } = filters;
	if (market === EVERY_MARKET || (!market && NAMED.some((key) => filters[key]))) return rest;
	return { ...rest, market: market ?? 'customer' };
}

export const statesOf = (filters: Filters): State[] =>
	STATES.filter((state) => filters.state?.split(',').includes(state));

export interface Clause {
	keys: FilterKey[];
	text: string;
}

/** One clause a filter, in an order that reads well. `currency` writes amounts. */
export function clausesOf(t: Words, filters: Filters, currency: string): Clause[] {
	const c = t.customers.clauses;
	const list: Clause[] = [];
	const say = (key: FilterKey, text: (value: string) => string) => {
		const value = filters[key];
		if (value) list.push({ keys: [key], text: text(value) });
	};
	const share = (value: string) => fmt.percent(Number(value));
	const amount = (value: string) => fmt.money({ currency, amount_minor: Math.round(Number(value)) });
	const count = (value: string) => fmt.number(Number(value));
	say('q', c.q);
	if (filters.month) list.push(monthClause(t, filters, filters.month));
	say('live_in', (v) => c.liveIn(fmt.month(v)));
	say('lost_since', (v) => c.lostSince(fmt.month(v)));
	say('kept_since', (v) => c.keptSince(fmt.month(v)));
	say('reason', (v) => c.reason(reasonWord(t, v)));
	say('source', c.source);
	say('import', () => c.import);
	say('state', () => c.state(statesOf(filters).map((state) => t.common.states[state])));
	say('vip', (v) => (v === 'true' ? c.vip : c.notVip));
	(['r', 'f', 'm'] as const).forEach((key) => say(key, c[key]));
	say('late', (v) => (v === 'true' ? c.late : c.onTime));
	say('contacted', (v) => (v === 'true' ? c.contacted : c.notContacted));
	say('orders_min', (v) => c.orders_min(count(v)));
	say('orders_max', (v) => c.orders_max(count(v)));
	say('days_min', (v) => c.days_min(count(v)));
	say('days_max', (v) => c.days_max(count(v)));
	(['spend_min', 'spend_max', 'value_min', 'value_max'] as const).forEach((key) => say(key, (v) => c[key](amount(v))));
	say('store', c.store);
	say('staff', c.staff);
	say('market', (v) => (v === EVERY_MARKET ? c.everyMarket : c.market(marketNames(t, v))));
	say('kind', (v) => c.kind(t.parties.kinds[v] ?? v));
	say('tag', (v) => c.tag(v.split(',').join('·')));
	say('tie', (v) => c.tie(t.parties.tieKinds[v] ?? v));
	say('tied_to', () => c.tiedTo);
	say('birthday_within', (v) => c.birthdayWithin(fmt.number(Number(v))));
	say('consent', (v) => (v === 'any' ? t.consent.agreedAny : t.consent.agreedTo(t.consent.channels[v] ?? v)));
	say('vip_tier', c.vipTier);
	say('vip_falls', (v) => (v === 'true' ? c.vipFalls : c.vipStays));
	if (filters.bond_was && filters.bond_from) {
		const text = c.bondWas(bondWord(t, filters.bond_was), fmt.dayShort(filters.bond_from));
		list.push({ keys: ['bond_was', 'bond_from'], text });
	}
	if (filters.bond_level) {
		const on = filters.bond_on ? fmt.dayShort(filters.bond_on) : null;
		list.push({ keys: ['bond_level', 'bond_on'], text: c.bondLevel(bondWord(t, filters.bond_level), on) });
	}
	say('key_account', (v) => (v === 'true' ? c.keyAccount : c.noKeyAccount));
	say('true_customer', (v) => (v === 'true' ? c.trueCustomer : c.noTrueCustomer));
	say('quality_cell', (v) => c.qualityCell(t.accounts.cells[v]?.title ?? v));
	(['quality_min', 'quality_max'] as const).forEach((key) => say(key, (v) => c[key](count(v))));
	(['profit_min', 'profit_max'] as const).forEach((key) => say(key, (v) => c[key](amount(v))));
	say('segment', () => c.segment);
	say('reachable', (v) => (v === 'true' ? c.reachable : c.unreachable));
	say('named', (v) => (v === 'true' ? c.named : c.nameless));
	say('ids', () => c.ids);
	(['first_from', 'first_to', 'last_from', 'last_to', 'bought_from', 'bought_to'] as const).forEach((key) =>
		say(key, (v) => c[key](fmt.dayShort(v)))
	);
	(['alive_min', 'alive_max'] as const).forEach((key) => say(key, (v) => c[key](share(v))));
	return list;
}

/** `공급업체·영향자`, of the codes of a filter. */
export const marketNames = (t: Words, codes: string): string =>
	codes
		.split(',')
		.map((code) => (isMarket(code) ? t.parties.markets[code] : code))
		.join('·');

/** Levels of bonds as they are called. */
const bondWord = (t: Words, levels: string): string =>
	levels
		.split(',')
		.map((level) => t.bonds.levels[Number(level)] ?? level)
		.join(', ');

function monthClause(t: Words, filters: Filters, month: string): Clause {
	const c = t.customers.clauses;
	const write = filters.move === 'in' ? c.monthIn : filters.move === 'out' ? c.monthOut : c.month;
	return { keys: ['month', 'move'], text: write(fmt.month(month)) };
}

/** What was typed as an amount, as the server wants it: minor units. */
export const amountFilter = (text: string, currency: string): string => {
	const minor = parseAmount(text, currency);
	return minor === null ? '' : String(minor);
};

/** This page's address with some parameters set (or removed by an empty value). */
export function address(url: URL, changes: Partial<Record<FilterKey | 'sort' | 'open', string | null>>): string {
	const params = new URLSearchParams(url.search);
	for (const [key, value] of Object.entries(changes)) {
		if (value) params.set(key, value);
		else params.delete(key);
	}
	const text = params.toString().replaceAll('%2C', ',');
	return `/know/customers${text ? `?${text}` : ''}`;
}
