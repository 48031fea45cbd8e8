import { describe, expect, it } from 'vitest';
import ko from '$lib/i18n/ko';
import { nextSort } from './columns';
import { address, clausesOf, filtersOf, queryOf } from './filters';

const filters = (text: string) => filtersOf(new URLSearchParams(text));

describe('filters', () => {
	it('live in the address, without what is open beside the list', () => {
		expect(filters('state=regular&open=pty_1&card=late_regulars&late=true')).toEqual({
			state: 'regular',
			late: 'true'
		});
	});

	it('give the same text whatever their order', () => {
		expect(queryOf(filters('late=true&state=regular,dormant'))).toBe(
			queryOf(filters('state=regular%2Cdormant&late=true'))
		);
	});

	it('read as a sentence', () => {
		const clauses = clausesOf(ko, filters('state=regular,dormant&late=true&contacted=false&spend_min=50000'), 'KRW');
		expect(clauses.map((clause) => clause.text)).toEqual([
			'상태가 단골·휴면인',
			'평소보다 늦은',
			'아직 연락하지 않은',
			'50,000원 이상 쓴'
		]);
	});

	it('say a month and its movement in one clause that goes away whole', () => {
		const [clause] = clausesOf(ko, filters('month=2026-09&move=out'), 'KRW');
		expect(clause).toEqual({ keys: ['month', 'move'], text: '2026년 9월에 떠난' });
	});

	it('change one at a time and keep the rest of the address', () => {
		const url = new URL('http://own/know/customers?state=regular,new&card=late_regulars');
		expect(address(url, { late: 'true', state: null })).toBe('/know/customers?card=late_regulars&late=true');
	});
});

describe('sorting', () => {
	it('walks through what the server offers for a column', () => {
		expect(nextSort('spend', '-last_order')).toBe('-spend');
		expect(nextSort('spend', '-spend')).toBe('spend');
		expect(nextSort('spend', 'spend')).toBe('-spend');
	});
});
