/**
 * Words and formats in the person's language. Korean is the source of the types: a key that exists in `ko/`
 * must exist in `en/`, which the compiler checks. In a component:
 *
 *     const t = $derived(i18n.t.today);       // words of one area: t.title, t.late({ late: 5, regulars: 38 })
 *     fmt.money(row.spend); fmt.day(row.last_order)
 *
 * An entry is a string, or a function of its values where the sentence needs them. Each language is a file of its own,
 * of which a browser loads the one it shows: `hooks.client.ts` waits for it before the first page.
 */
import type { Day, Instant, Lang, Money, Month } from '$lib/api/types';
import * as f from './format';
import type { Words } from './ko';

const DICTIONARIES: Record<Lang, () => Promise<{ default: Words }>> = {
	ko: () => import('./ko'),
	en: () => import('./en')
};
const KEY = 'dangol.lang';

function preferred(): Lang {
	if (typeof document === 'undefined') return 'ko';
	return document.documentElement.lang === 'en' ? 'en' : 'ko';
}

class I18n {
	lang = $state<Lang>(preferred());
	/** The company's zone; days on screen are days there, wherever the browser is. */
	zone = $state('Asia/Seoul');
	/** Milliseconds by which the server's clock is ahead of the browser's; days apart in a demo of another day. */
	#ahead = $state(0);
	#words = $state.raw<Words>();
	#wanted: Lang | null = null;

	/** The words, once {@link ready}. */
	get t(): Words {
		if (!this.#words) throw new Error('the words are asked for before they are loaded');
		return this.#words;
	}

	/** Loads the words of the language this browser shows. */
	async ready(): Promise<void> {
		this.#words = (await DICTIONARIES[this.lang]()).default;
	}

	/** Changes the language once its words are here, and remembers it in this browser; false where they cannot be had. */
	async use(lang: Lang): Promise<boolean> {
		this.#wanted = lang;
		const words = await DICTIONARIES[lang]().catch(() => null);
		if (!words) return false;
		// Somebody may have chosen again meanwhile.
		if (this.#wanted !== lang) return true;
		this.#words = words.default;
		this.lang = lang;
		document.documentElement.lang = lang;
		localStorage.setItem(KEY, lang);
		return true;
	}

	/** Takes the server's clock as the clock. */
	setClock(now: Instant): void {
		this.#ahead = Date.parse(now) - Date.now();
	}

	/** What the server's clock shows. */
	get clock(): Date {
		return new Date(Date.now() + this.#ahead);
	}

	/** Whether this browser has an own choice, which then stands above the account's. */
	get chosen(): boolean {
		return localStorage.getItem(KEY) !== null;
	}
}

export const i18n = new I18n();

const DASH = '–';
const or = <T>(value: T | null | undefined, show: (value: T) => string): string =>
	value === null || value === undefined ? DASH : show(value);

/** The formats of `format.ts` in the current language and zone; null and undefined show as a dash. */
export const fmt = {
	number: (value: number | null | undefined, digits = 0) => or(value, (v) => f.number(i18n.lang, v, digits)),
	percent: (share: number | null | undefined, digits = 0) => or(share, (v) => f.percent(i18n.lang, v, digits)),
	money: (value: Money | null | undefined) => or(value, (v) => f.money(i18n.lang, v)),
	moneyCell: (value: Money | null | undefined) => or(value, (v) => f.moneyCell(i18n.lang, v)),
	moneyShort: (value: Money | null | undefined) => or(value, (v) => f.moneyShort(i18n.lang, v)),
	day: (value: Day | null | undefined) => or(value, (v) => f.day(i18n.lang, v)),
	dayShort: (value: Day | null | undefined) => or(value, (v) => f.dayShort(i18n.lang, v)),
	month: (value: Month | null | undefined) => or(value, (v) => f.month(i18n.lang, v)),
	time: (at: Instant | null | undefined) => or(at, (v) => f.time(i18n.lang, i18n.zone, v)),
	dayOf: (at: Instant) => f.dayOf(i18n.zone, at),
	/** Day and time of an instant, for histories. */
	instant: (at: Instant | null | undefined) =>
		or(at, (v) => `${f.dayShort(i18n.lang, f.dayOf(i18n.zone, v))} ${f.time(i18n.lang, i18n.zone, v)}`),
	relative: (value: Day | null | undefined, today: Day) => or(value, (v) => f.relative(i18n.lang, v, today)),
	bytes: (size: number | null | undefined) => or(size, (v) => f.bytes(i18n.lang, v))
};

/** Day and time at the company, by the server's clock. */
export const now = (): { day: Day; time: string } => {
	const at = i18n.clock.toISOString();
	return { day: f.dayOf(i18n.zone, at), time: f.clock(i18n.zone, at) };
};

/** The day it is at the company. */
export const today = (): Day => now().day;

export { josa } from './particle';
