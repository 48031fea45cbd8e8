import { describe, expect, it } from 'vitest';
import { clock } from '$lib/i18n/format';
import { instantOf } from './instant';

describe('instantOf', () => {
	it('reads Seoul time as nine hours ahead', () => {
		expect(instantOf('Asia/Seoul', '2026-11-22', '15:05')).toBe('2026-11-22T06:05:00Z');
		expect(instantOf('Asia/Seoul', '2026-01-01', '00:30')).toBe('2025-12-31T15:30:00Z');
	});
	it('follows summer time', () => {
		expect(instantOf('Europe/London', '2026-07-01', '12:00')).toBe('2026-07-01T11:00:00Z');
		expect(instantOf('Europe/London', '2026-12-01', '12:00')).toBe('2026-12-01T12:00:00Z');
	});
	it('takes the earlier of two equal clock times', () => {
		expect(instantOf('Europe/London', '2026-10-25', '01:30')).toBe('2026-10-25T00:30:00Z');
	});
	it('agrees with clock on the day clocks change', () => {
		const at = instantOf('America/New_York', '2026-03-08', '10:15');
		expect(clock('America/New_York', at)).toBe('10:15');
	});
});
