import { describe, expect, it } from 'vitest';
import { browserOf } from './browser';

describe('the name of a browser', () => {
	it('is the most particular one, because browsers name each other', () => {
		const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36';
		expect(browserOf(chrome)).toBe('Chrome · Windows');
		expect(browserOf(`${chrome} Edg/140.0`)).toBe('Edge · Windows');
		expect(browserOf('Mozilla/5.0 (iPhone; CPU iPhone OS 18) Version/18 Safari/605 KAKAOTALK 11')).toBe(
			'KakaoTalk · iOS'
		);
	});
	it('is none where nothing is known', () => expect(browserOf('')).toBeNull());
});
