import { describe, expect, it } from 'vitest';
import { ownPath } from './paths';

describe('ownPath', () => {
	it('leads to pages of ours alone', () => {
		expect(ownPath('/settings/account?tab=1')).toBe('/settings/account?tab=1');
		for (const wrong of [
			null,
			'',
			'https://evil.example',
			'//evil.example',
			'/\\evil.example',
			'/\t/evil.example',
			'/\n\\evil.example',
			'\t//evil.example',
			'/\r/evil.example',
			'///evil.example',
			'//',
			'javascript:alert(1)'
		]) {
			expect(ownPath(wrong)).toBe('/');
		}
	});
});
