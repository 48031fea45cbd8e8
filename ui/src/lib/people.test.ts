import { describe, expect, it } from 'vitest';
import en from '$lib/i18n/en';
import ko from '$lib/i18n/ko';
import { nameOf, politely } from './people';

describe('a person', () => {
	it('is called by name', () => {
		expect(nameOf(ko, { name: '김하늘', handle: '···1234' })).toBe('김하늘');
		expect(politely(ko, { name: '김하늘' })).toBe('김하늘 님');
		expect(politely(ko, { name: '(주)한빛', kind: 'organisation' })).toBe('(주)한빛');
	});

	it('is called by the end of their phone without one, wherever the answer puts it', () => {
		expect(nameOf(ko, { name: null, handle: '···8569' })).toBe('전화 끝 8569');
		expect(nameOf(en, { name: '···8569' })).toBe('Phone ending 8569');
		expect(politely(ko, { name: '···8569' })).toBe('전화 끝 8569');
	});

	it('is called by a masked address or their number', () => {
		expect(nameOf(ko, { name: null, handle: 'h***@example.com' })).toBe('h***@example.com');
		expect(nameOf(ko, { name: null, handle: 'M00593' })).toBe('고객 번호 M00593');
		expect(nameOf(en, { name: null, handle: '' })).toBe('No name');
	});
});
