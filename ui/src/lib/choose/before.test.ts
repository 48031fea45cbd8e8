import { expect, it } from 'vitest';
import { before } from './before';

it('counts days back over months and leap years', () => {
	expect(before('2026-11-22', 30)).toBe('2026-10-23');
	expect(before('2024-03-01', 1)).toBe('2024-02-29');
});
