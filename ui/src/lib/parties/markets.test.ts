import { describe, expect, test } from 'vitest';
import { choose, hue } from './markets';

describe('choosing markets', () => {
	test('whoever is in recruitment is a supplier, and leaves both together', () => {
		const held = choose([{ market: 'customer', details: [] }], 'recruitment', true);
		expect(held.map((it) => it.market)).toEqual(['customer', 'supplier', 'recruitment']);
		expect(choose(held, 'supplier', false).map((it) => it.market)).toEqual(['customer']);
		expect(choose(held, 'recruitment', false).map((it) => it.market)).toEqual(['customer', 'supplier']);
	});

	test('what was said of a market stays while another one is chosen', () => {
		const held = choose([{ market: 'supplier', details: ['money'] }], 'recruitment', true);
		expect(held[0]).toEqual({ market: 'supplier', details: ['money'] });
	});
});

test('a tag has one hue', () => {
	expect(hue('VIP')).toBe(hue('VIP'));
	expect(hue('VIP')).not.toBe(hue('도매'));
});
