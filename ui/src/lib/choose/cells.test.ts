import { describe, expect, test } from 'vitest';
import { ruleOf } from './cells';

const cells = (...pairs: [number, number][]) => pairs.map(([r, f]) => ({ r, f }));

describe('cells of the heat map', () => {
	test('one is both of its scores', () => {
		expect(ruleOf(cells([5, 1]))).toBe('r = 5 and f = 1');
	});
	test('a corner is said once', () => {
		expect(ruleOf(cells([5, 4], [4, 5], [5, 5], [4, 4]))).toBe('r in (4, 5) and f in (4, 5)');
	});
	test('what is no rectangle is said in parts', () => {
		expect(ruleOf(cells([1, 5], [2, 5], [3, 1]))).toBe('(r in (1, 2) and f = 5) or (r = 3 and f = 1)');
	});
});
