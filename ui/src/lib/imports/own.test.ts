import { describe, expect, it } from 'vitest';
import { suggested, unread } from './own';

describe('an own field for a column', () => {
	it('has the kind of the first cells', () => {
		const kind = (...cells: string[]) => suggested('x', cells).kind;
		expect(kind('Y', 'n', '')).toBe('flag');
		expect(kind('2019-05-18', '2020.1.2')).toBe('day');
		expect(kind('1,200', '3.5')).toBe('number');
		expect(kind('20190518')).toBe('day');
		expect(kind('0001234')).toBe('text');
		expect(kind('1234567890123456')).toBe('text');
		expect(kind('남', '여')).toBe('text');
		expect(kind()).toBe('text');
	});

	it('offers each word once as a choice', () => {
		expect(suggested('성별', ['남', '여', '남', ' ']).choices).toEqual(['남', '여']);
	});
});

it('columns that are read, empty or without a name are not offered', () => {
	expect(unread(['이름', '성별', '', '빈칸'], [['홍길동', '남', 'x', '']], [0])).toEqual([1]);
});
