/** Choices of zone and currency, named in the person's language. */
import type { Lang } from '$lib/api/types';

const ZONES = [
	'Asia/Seoul',
	'Asia/Tokyo',
	'Asia/Shanghai',
	'Asia/Singapore',
	'Asia/Ho_Chi_Minh',
	'Asia/Bangkok',
	'Australia/Sydney',
	'Europe/London',
	'Europe/Berlin',
	'America/New_York',
	'America/Chicago',
	'America/Los_Angeles',
	'UTC'
];
const CURRENCIES = ['KRW', 'USD', 'EUR', 'GBP', 'JPY', 'CNY', 'TWD', 'HKD', 'SGD', 'VND', 'THB', 'AUD', 'CAD'];

export interface Choice {
	value: string;
	label: string;
}

function zoneName(lang: Lang, zone: string): string {
	const format = new Intl.DateTimeFormat(lang, { timeZone: zone, timeZoneName: 'longGeneric' });
	return format.formatToParts(new Date()).find((part) => part.type === 'timeZoneName')?.value ?? zone;
}

/** The usual zones by name, then every other zone by its id. `keep` is always among them. */
export function zones(lang: Lang, keep: string): Choice[] {
	const first = ZONES.includes(keep) ? ZONES : [keep, ...ZONES];
	const rest = Intl.supportedValuesOf('timeZone').filter((zone) => !first.includes(zone));
	return [
		...first.map((zone) => ({ value: zone, label: `${zoneName(lang, zone)} (${zone})` })),
		...rest.map((zone) => ({ value: zone, label: zone }))
	];
}

export function currencies(lang: Lang, keep: string): Choice[] {
	const names = new Intl.DisplayNames(lang, { type: 'currency' });
	const all = CURRENCIES.includes(keep) ? CURRENCIES : [keep, ...CURRENCIES];
	return all.map((code) => ({ value: code, label: `${names.of(code) ?? code} (${code})` }));
}

/** Where the browser says it is. UTC is what machines say that know no place. */
export function browserZone(): string {
	const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
	return zone && zone !== 'UTC' ? zone : 'Asia/Seoul';
}
