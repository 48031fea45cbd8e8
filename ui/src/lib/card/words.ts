/** Sentences of the card, from the server's codes and figures. */
import type { KnownScore, PartyCard, ScoreName, State } from '$lib/api/types';
import { fmt, i18n } from '$lib/i18n';
import type { ReasonValues } from '$lib/i18n/ko/card';

const text = (value: unknown): string => (typeof value === 'number' ? fmt.number(Math.round(value)) : '');

/** "Usually every 21 days, now day 47." */
export function stateReason(party: PartyCard): string {
	const p = party.state_reason.params;
	const values: ReasonValues = {
		since: text(p.since_days ?? party.facts.days_since),
		interval: text(p.interval_days ?? party.facts.usual_interval_days),
		orders: text(party.facts.orders),
		orders_365: text(p.orders_365)
	};
	return i18n.t.card.stateReasons[party.state](values);
}

/** Where time alone leads, if nothing happens. */
const AFTER: Partial<Record<State, State>> = { new: 'dormant', active: 'dormant', regular: 'dormant', dormant: 'lost' };

export function stateChange(party: PartyCard): string | null {
	const day = party.state_reason.changes_at;
	if (!day) return null;
	const next = AFTER[party.state];
	const t = i18n.t;
	return next ? t.card.changesAt(fmt.day(day), t.common.states[next]) : t.card.changesOn(fmt.day(day));
}

function likely(share: number): string {
	const words = i18n.t.card.likely;
	if (share >= 0.8) return words.high;
	if (share >= 0.5) return words.good;
	return share >= 0.2 ? words.low : words.poor;
}

const CURRENCY = /^[A-Z]{3}$/;

export interface ScoreWords {
	sentence: string;
	interval: string;
}

/** A score as a sentence with its range. `currency` is used where the unit does not name one. */
export function scoreWords(score: KnownScore, currency: string): ScoreWords {
	const t = i18n.t.card;
	const unit = CURRENCY.test(score.unit) ? score.unit : currency;
	const write: Record<ScoreName, (value: number) => string> = {
		p_alive: (v) => fmt.percent(v),
		expected_orders: (v) => fmt.number(v, v < 10 ? 1 : 0),
		value: (v) => fmt.moneyShort({ currency: unit, amount_minor: Math.round(v) })
	};
	const show = write[score.name];
	const main = score.name === 'p_alive' ? likely(score.value) : show(score.value);
	return { sentence: t.scores[score.name](main), interval: t.interval(show(score.low), show(score.high)) };
}
