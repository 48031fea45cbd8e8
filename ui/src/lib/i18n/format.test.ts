import { describe, expect, it } from 'vitest';
import * as f from './format';
import { josa } from './particle';

describe('money', () => {
	it('writes won after the number in text and before it in tables', () => {
		const won = { currency: 'KRW', amount_minor: 12_000 };
		expect(f.money('ko', won)).toBe('12,000원');
		expect(f.moneyCell('ko', won)).toBe('₩12,000');
		expect(f.money('ko', { ...won, amount_minor: -3000 })).toBe('-3,000원');
	});

	it('keeps cents of currencies that have them', () => {
		expect(f.money('ko', { currency: 'USD', amount_minor: 1234 })).toBe('$12.34');
		expect(f.moneyCell('en', { currency: 'GBP', amount_minor: -50 })).toBe('-£0.50');
	});

	it('shortens for charts', () => {
		expect(f.moneyShort('ko', { currency: 'KRW', amount_minor: 12_340_000 })).toBe('1,234만 원');
		expect(f.moneyShort('ko', { currency: 'KRW', amount_minor: 120_000_000 })).toBe('1.2억 원');
		expect(f.moneyShort('ko', { currency: 'KRW', amount_minor: 900 })).toBe('900원');
	});

	it('reads what people type', () => {
		expect(f.parseAmount('12,000원', 'KRW')).toBe(12_000);
		expect(f.parseAmount('$12.34', 'USD')).toBe(1234);
		expect(f.parseAmount('twelve', 'USD')).toBeNull();
		expect(f.parseAmount('99999999999999999', 'KRW')).toBeNull();
	});
});

describe('days', () => {
	it('cross months and years', () => {
		expect(f.plusDays('2026-03-01', -1)).toBe('2026-02-28');
		expect(f.plusDays('2026-12-31', 1)).toBe('2027-01-01');
		expect(f.lastDay('2028-02')).toBe('2028-02-29');
	});

	it('are written with the weekday in lists', () => {
		expect(f.day('ko', '2026-11-22')).toBe('2026. 11. 22.(일)');
		expect(f.day('en', '2026-11-22')).toBe('Sun 22 Nov 2026');
	});

	it('follow the company zone, not the browser', () => {
		expect(f.dayOf('Asia/Seoul', '2026-11-21T15:30:00Z')).toBe('2026-11-22');
		expect(f.dayOf('America/New_York', '2026-11-22T03:00:00Z')).toBe('2026-11-21');
		expect(f.time('ko', 'Asia/Seoul', '2026-11-22T06:05:00Z')).toBe('오후 3:05');
		expect(f.time('en', 'Asia/Seoul', '2026-11-22T06:05:00Z')).toBe('15:05');
	});

	it('are told in words when near', () => {
		expect(f.relative('ko', '2026-11-21', '2026-11-22')).toBe('어제');
		expect(f.relative('ko', '2026-11-19', '2026-11-22')).toBe('3일 전');
		expect(f.relative('en', '2026-08-22', '2026-11-22')).toBe('3 months ago');
	});
});

describe('particles', () => {
	it('follow the final consonant', () => {
		expect(josa('사과', '을/를')).toBe('사과를');
		expect(josa('수박', '을/를')).toBe('수박을');
		expect(josa('민수', '이/가')).toBe('민수가');
		expect(josa('서울', '으로/로')).toBe('서울로');
		expect(josa('부산', '으로/로')).toBe('부산으로');
	});

	it('show both after digits and Latin letters', () => {
		expect(josa('5', '을/를')).toBe('5을(를)');
		expect(josa('VIP', '이/가')).toBe('VIP이(가)');
	});
});
