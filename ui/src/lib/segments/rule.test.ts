import { describe, expect, it } from 'vitest';
import { condition, firstLeaf, fromEdit, group, toEdit, usualOp, type Rule } from './rule';

const late: Rule = { field: 'late' };
const often: Rule = { field: 'orders', op: '>=', value: 3 };

describe('a rule as one edits it', () => {
	const rules: Rule[] = [
		late,
		{ not: late },
		{ all: [] },
		{ all: [late, often] },
		{ any: [late, { all: [often, { not: { any: [late, often] } }] }] },
		{ not: { all: [late, often] } },
		{ did: 'ordered', with: { category: 'coffee' }, times: { '>=': 2 }, within_days: 90 },
		{ segment: 'seg_1' }
	];
	it.each(rules.map((rule) => [JSON.stringify(rule), rule] as const))('comes back unchanged: %s', (_, rule) => {
		expect(fromEdit(toEdit(rule))).toEqual(rule);
	});

	it('means the same where it cannot be shown as it is', () => {
		expect(fromEdit(toEdit({ not: { not: late } }))).toEqual({ not: { not: late } });
	});

	it('has no group around one condition, and lets everyone in without any', () => {
		expect(fromEdit(group('any', [condition(late)]))).toEqual(late);
		expect(fromEdit(group('any'))).toEqual({ all: [] });
	});

	it('begins a condition with its usual question', () => {
		const orders = { name: 'orders', kind: 'int', ops: ['=', '>=', 'known'], choices: [] };
		expect(firstLeaf(orders, usualOp(orders))).toEqual({ field: 'orders', op: '>=', value: 1 });
		const flag = { name: 'late', kind: 'flag', ops: ['holds'], choices: [] };
		expect(firstLeaf(flag, usualOp(flag))).toEqual({ field: 'late' });
		const day = { name: 'last_order', kind: 'day', ops: ['=', '<', 'within'], choices: [] };
		expect(firstLeaf(day, usualOp(day))).toEqual({ field: 'last_order', op: '<', value: { days_ago: 30 } });
	});
});
