/** The eight markets in the order in which they are shown, and as what one may belong to each: `GET /markets` has the same. */
export const MARKETS = [
	'customer',
	'referral',
	'supplier',
	'recruitment',
	'influence',
	'internal',
	'alliance',
	'distributor'
] as const;
export type Market = (typeof MARKETS)[number];

export const DETAILS: Partial<Record<Market, readonly string[]>> = {
	supplier: ['people', 'money', 'material', 'technology', 'information'],
	influence: ['finance', 'press', 'government', 'community', 'consumer', 'environment'],
	alliance: ['ally', 'competitor']
};

/** The market that another one is a part of: whoever leaves the whole leaves the part. */
export const PART_OF: Partial<Record<Market, Market>> = { recruitment: 'supplier' };

export interface Held {
	market: string;
	details: string[];
}

export const isMarket = (text: string): text is Market => (MARKETS as readonly string[]).includes(text);

/** Market chosen or not; what it is a part of follows, and its parts leave with it. */
export function choose(held: readonly Held[], market: Market, on: boolean): Held[] {
	const rest = held.filter((it) => it.market !== market && (on || PART_OF[it.market as Market] !== market));
	if (!on) return rest;
	const whole = PART_OF[market];
	const wanted = [market, ...(whole && !rest.some((it) => it.market === whole) ? [whole] : [])];
	const all = [...rest, ...wanted.map((code) => ({ market: code, details: [] as string[] }))];
	return MARKETS.flatMap((code) => all.filter((it) => it.market === code));
}

/** A hue of its own for each tag, the same on every page. */
export function hue(text: string): number {
	let sum = 0;
	for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360;
	return sum;
}
