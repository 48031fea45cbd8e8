import { describe, expect, it } from 'vitest';
import type { Contact, Side } from '$lib/api/types';
import { contactsOf, joined, survivorOf, sureness } from './pair';

const side = (orders: number, spend: number | null, currency = 'KRW', contacts: Partial<Contact>[] = []) =>
	({ orders, spend: spend === null ? null : { currency, amount_minor: spend }, contacts }) as Side;

describe('a pair', () => {
	it('says how sure it is in words', () => {
		expect([99, 95, 94, 75, 50, 49].map(sureness)).toEqual(['high', 'high', 'good', 'good', 'even', 'low']);
	});

	it('keeps whoever has more orders, else the older record', () => {
		expect(survivorOf({ sides: [side(1, 1), side(2, 1)] })).toBe(1);
		expect(survivorOf({ sides: [side(2, 1), side(2, 1)] })).toBe(0);
	});

	it('adds what can be added', () => {
		const phone = { kind: 'phone', shown: '010-1' } as const;
		expect(joined([side(1, 500, 'KRW', [phone]), side(2, 700)])).toEqual({
			orders: 3,
			spend: { currency: 'KRW', amount_minor: 1200 },
			contacts: 1
		});
		expect(joined([side(1, 500), side(1, 7, 'USD')]).spend).toBeNull();
		expect(joined([side(0, null), side(1, 7, 'USD')]).spend).toEqual({ currency: 'USD', amount_minor: 7 });
		expect(contactsOf(side(0, null, 'KRW', [phone]), 'phone')).toEqual(['010-1']);
	});
});
