/** Sentences of the card, from the server's codes and figures. */
import type { PartyCard, Score, ScoreName, State } from '$lib/api/types';
import { fmt, i18n } from '$lib/i18n';
import type { ReasonValues } from '$lib/i18n/ko/card';

const text = (value: unknown): string => (typeof value === 'number' ? fmt.number(Math.round(value)) : '');

/** "Usually every 21 days, now day 47." */
export function stateReason(party: PartyCard): string {
	const p = party.state_reason.params;
	const values: ReasonValues = {
		since: text(p.since_days ?? party.facts.days_since),
		interval: text(p.interval_days ?? party.facts.usual_interval_days),
		days_365: text(p.days_365),
		own: party.facts.own_interval
	};
	const late = party.state === 'regular' && (party.late_ratio ?? 0) > 1;
	const reasons: Partial<Record<string, (values: ReasonValues) => string>> = i18n.t.card.stateReasons;
	return reasons[late ? 'dormant' : party.state]?.(values) ?? i18n.t.parties.outside;
}

/** Whether they belong to other markets alone: in no state, and with nothing to expect of them as a customer. */
export const isOutside = (party: PartyCard): boolean => (party.state as string) === 'none';

type Suggestion = NonNullable<PartyCard['suggestion']>;

/** What to do, in a sentence. A kind without words is a newer server's; better nothing than a riddle. */
export function adviceWords({ kind, params }: Suggestion): string {
	const t = i18n.t.card;
	return kind === 'follow_up' ? t.followUpAdvice(String(params.title ?? '')) : (t.suggestions[kind] ?? '');
}

/** Why, in a sentence with its figures. */
export function reasonWords({ kind, params }: Suggestion): string {
	const reasons = i18n.t.card.suggestionReasons;
	const day = typeof params.day === 'string' ? fmt.day(params.day) : '';
	return (
		reasons[kind]?.({
			since: text(params.since_days),
			interval: text(params.interval_days),
			score: text(params.score),
			orders: text(params.orders),
			day
		}) ?? ''
	);
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

export interface ScoreWords {
	sentence: string;
	interval: string;
}

/** A score as a sentence with its range; null while the data is not enough. */
export function scoreWords(score: Score, currency: string): ScoreWords | null {
	if (score.missing || score.value === null) return null;
	const t = i18n.t.card;
	const write: Record<ScoreName, (value: number) => string> = {
		p_alive: (v) => fmt.percent(v),
		expected_orders: (v) => fmt.number(v, v < 10 ? 1 : 0),
		value: (v) => fmt.moneyShort({ currency: score.currency ?? currency, amount_minor: Math.round(v) })
	};
	const show = write[score.name];
	const main = score.name === 'p_alive' ? likely(score.value) : show(score.value);
	const { low, high } = score;
	const interval = low === null || high === null ? '' : t.interval(show(low), show(high));
	return { sentence: t.scores[score.name](main), interval };
}
