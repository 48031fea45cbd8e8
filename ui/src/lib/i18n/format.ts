/**
 * Money, days, times and numbers as people here write them. Pure: language and zone are parameters.
 * Components use the bound `fmt` of `$lib/i18n`.
 */
import type { Day, Instant, Lang, Money, Month } from '$lib/api/types';

const LOCALES: Record<Lang, string> = { ko: 'ko-KR', en: 'en-GB' };
const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function made<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(
	key: string,
	make: () => T
): T {
	const old = cache.get(key) as T | undefined;
	if (old) return old;
	const fresh = make();
	cache.set(key, fresh);
	return fresh;
}

/** Decimal places of a currency's smallest unit: KRW 0, USD 2. */
export function decimals(currency: string): number {
	return (
		made(`dec ${currency}`, () => new Intl.NumberFormat('en', { style: 'currency', currency })).resolvedOptions()
			.maximumFractionDigits ?? 2
	);
}

export const major = (money: Money): number => money.amount_minor / 10 ** decimals(money.currency);

/** What people typed as an amount, in minor units; null if it is not a number. */
export function parseAmount(text: string, currency: string): number | null {
	const clean = text.replace(/[\s,₩$£€원]/g, '');
	if (!/^-?\d+(\.\d+)?$/.test(clean)) return null;
	const minor = Math.round(Number(clean) * 10 ** decimals(currency));
	return Number.isSafeInteger(minor) ? minor : null;
}

export function number(lang: Lang, value: number, digits = 0): string {
	return made(
		`n ${lang} ${digits}`,
		() => new Intl.NumberFormat(LOCALES[lang], { maximumFractionDigits: digits })
	).format(value);
}

/** A share of 1 as a percentage. */
export function percent(lang: Lang, share: number, digits = 0): string {
	const make = () => new Intl.NumberFormat(LOCALES[lang], { style: 'percent', maximumFractionDigits: digits });
	return made(`p ${lang} ${digits}`, make).format(share);
}

/** `12,000원` in text; won is written after the number in Korean. Other currencies carry their sign: `$12.34`. */
export function money(lang: Lang, value: Money): string {
	if (lang === 'ko' && value.currency === 'KRW') return `${number(lang, value.amount_minor)}원`;
	return moneyCell(lang, value);
}

/** `₩12,000`: for tables, where the sign keeps columns apart. */
export function moneyCell(lang: Lang, value: Money): string {
	const make = () =>
		new Intl.NumberFormat(LOCALES[lang], {
			style: 'currency',
			currency: value.currency,
			currencyDisplay: 'narrowSymbol'
		});
	return made(`m ${lang} ${value.currency}`, make).format(major(value));
}

/** `1,234만 원`, `1.2억 원`, `£12.3k`: for charts and large headings only. */
export function moneyShort(lang: Lang, value: Money): string {
	if (lang === 'ko' && value.currency === 'KRW') return wonShort(value.amount_minor);
	const make = () =>
		new Intl.NumberFormat(LOCALES[lang], {
			style: 'currency',
			currency: value.currency,
			currencyDisplay: 'narrowSymbol',
			notation: 'compact',
			maximumFractionDigits: 1
		});
	return made(`ms ${lang} ${value.currency}`, make).format(major(value));
}

function wonShort(won: number): string {
	const size = Math.abs(won);
	if (size >= 1e8) return `${number('ko', won / 1e8, size < 1e10 ? 1 : 0)}억 원`;
	if (size >= 1e4) return `${number('ko', Math.round(won / 1e4))}만 원`;
	return `${number('ko', won)}원`;
}

const WEEKDAYS = ['일', '월', '화', '수', '목', '금', '토'];
const utc = (day: Day): Date => new Date(`${day}T00:00:00Z`);

/** `2026. 11. 22.(일)` / `Sun 22 Nov 2026`. */
export function day(lang: Lang, value: Day): string {
	const d = utc(value);
	if (lang === 'ko') {
		return `${d.getUTCFullYear()}. ${d.getUTCMonth() + 1}. ${d.getUTCDate()}.(${WEEKDAYS[d.getUTCDay()]})`;
	}
	const make = () =>
		new Intl.DateTimeFormat('en-GB', {
			timeZone: 'UTC',
			weekday: 'short',
			day: 'numeric',
			month: 'short',
			year: 'numeric'
		});
	return made('day en', make).format(d).replace(',', '');
}

/** `2026. 11. 22.` / `22 Nov 2026`: where the weekday says nothing. */
export function dayShort(lang: Lang, value: Day): string {
	const d = utc(value);
	if (lang === 'ko') return `${d.getUTCFullYear()}. ${d.getUTCMonth() + 1}. ${d.getUTCDate()}.`;
	const make = () =>
		new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
	return made('days en', make).format(d);
}

/** `2026년 11월` / `Nov 2026`. */
export function month(lang: Lang, value: Month): string {
	const [year, m] = value.split('-').map(Number) as [number, number];
	if (lang === 'ko') return `${year}년 ${m}월`;
	const make = () => new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'short', year: 'numeric' });
	return made('month en', make).format(new Date(Date.UTC(year, m - 1, 1)));
}

/** The local day an instant falls on, as `2026-11-22`. */
export function dayOf(zone: string, at: Instant): Day {
	const make = () =>
		new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
	return made(`dayOf ${zone}`, make).format(new Date(at));
}

/** What clocks in `zone` show at an instant, as `15:05`. */
export function clock(zone: string, at: Instant): string {
	const make = () =>
		new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
	return made(`time ${zone}`, make).format(new Date(at));
}

/** `오후 3:05` / `15:05`. The Korean half of the day is written here, because not every runtime knows it. */
export function time(lang: Lang, zone: string, at: Instant): string {
	const text = clock(zone, at);
	if (lang !== 'ko') return text;
	const [hour = 0, minute] = [Number(text.slice(0, 2)), text.slice(3)];
	return `${hour < 12 ? '오전' : '오후'} ${hour % 12 || 12}:${minute}`;
}

/** A day so many days later, or earlier. */
export function plusDays(day: Day, days: number): Day {
	const date = utc(day);
	date.setUTCDate(date.getUTCDate() + days);
	return date.toISOString().slice(0, 10);
}

/** The last day of a month. */
export function lastDay(month: Month): Day {
	const [year, m] = month.split('-').map(Number) as [number, number];
	return new Date(Date.UTC(year, m, 0)).toISOString().slice(0, 10);
}

export const daysBetween = (from: Day, to: Day): number =>
	Math.round((utc(to).getTime() - utc(from).getTime()) / 86_400_000);

/** `3일 전`, `어제` / `3 days ago`, `yesterday`. Days up to 45, then months, then years. */
export function relative(lang: Lang, from: Day, today: Day): string {
	const days = daysBetween(today, from);
	const r = made(`r ${lang}`, () => new Intl.RelativeTimeFormat(LOCALES[lang], { numeric: 'auto' }));
	if (Math.abs(days) <= 45) return r.format(days, 'day');
	if (Math.abs(days) <= 540) return r.format(Math.round(days / 30.44), 'month');
	return r.format(Math.round(days / 365.25), 'year');
}

/** `3.4MB`: file sizes. */
export function bytes(lang: Lang, size: number): string {
	if (size < 1024) return `${number(lang, size)}B`;
	if (size < 1024 ** 2) return `${number(lang, size / 1024)}KB`;
	return `${number(lang, size / 1024 ** 2, 1)}MB`;
}
