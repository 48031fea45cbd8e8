import { describe, expect, it } from 'vitest';
import { readTable } from './table';

describe('a table of judgements', () => {
	it('is read from CSV with quotes, commas in amounts and lines without an end', () => {
		const text =
			'\uFEFFcustomer,input,value,note\r\na@b.kr,margin,"1,200,000","says ""yes"", loudly"\r\n\r\nc@d.kr,fit,7';
		expect(readTable(text)).toEqual({
			rows: [
				{ customer: 'a@b.kr', input: 'margin', value: 1_200_000, note: 'says "yes", loudly' },
				{ customer: 'c@d.kr', input: 'fit', value: 7 }
			],
			lines: [2, 4],
			faulty: []
		});
	});

	it('is read as a sheet copies it, with Korean heads and names', () => {
		const text = '고객\t항목\t값\t출처\n010-1234-5678\t어울림\t8\t상담, 봄\n김\t어울림\t여덟';
		expect(readTable(text, { 어울림: 'fit' })).toEqual({
			rows: [{ customer: '010-1234-5678', input: 'fit', value: 8, source: '상담, 봄' }],
			lines: [2],
			faulty: [3]
		});
	});

	it('without its heads is not read at all', () => {
		expect(readTable('a@b.kr,fit,7').rows).toEqual([]);
	});
});
