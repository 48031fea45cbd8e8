import type { PartyCard } from '$lib/api/types';
import { i18n } from '$lib/i18n';
import { beforeAll, describe, expect, it } from 'vitest';
import { isOutside, stateReason } from './words';

const card = (state: string): PartyCard =>
	({
		state,
		late_ratio: null,
		state_reason: { params: {}, changes_at: null },
		facts: { days_since: null, usual_interval_days: null, own_interval: false }
	}) as unknown as PartyCard;

describe('the state of a card', () => {
	beforeAll(() => i18n.ready());

	it('is said also of somebody who is no customer, a supplier for one', () => {
		expect(stateReason(card('none'))).toBe(i18n.t.parties.outside);
		expect(isOutside(card('none'))).toBe(true);
	});

	it('is said of a customer', () => {
		expect(stateReason(card('prospect'))).toBe(i18n.t.card.stateReasons.prospect({} as never));
		expect(isOutside(card('prospect'))).toBe(false);
	});
});
