/** Writes a card's values the way people here write them. */
import type { Params, TodayCard } from '$lib/api/types';
import { fmt } from '$lib/i18n';
import { plusDays } from '$lib/i18n/format';
import type { CardValues } from '$lib/i18n/ko/today';

const MONTH = /^\d{4}-\d{2}$/;

/** `values(params)('late')`: numbers grouped, months in words, text as it is. */
export const values =
	(params: Params, count: number): CardValues =>
	(name) => {
		const value = params[name] ?? (name === 'count' ? count : null);
		if (typeof value === 'string') return MONTH.test(value) ? fmt.month(value) : value;
		return fmt.number(value);
	};

/** The card's list, remembering which card led there, so that what is done on it counts. */
export function withCard(card: TodayCard): string {
	const url = new URL(card.href, 'http://own');
	if (url.pathname.startsWith('/know/customers')) url.searchParams.set('card', card.id);
	return url.pathname + url.search + url.hash;
}

/** The next Monday strictly after a day. */
export function nextMonday(day: string): string {
	const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
	return plusDays(day, (8 - weekday) % 7 || 7);
}
