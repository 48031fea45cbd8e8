import type { CustomField } from '$lib/api/types';

type Suggested = Pick<CustomField, 'name' | 'kind' | 'choices'>;

const YES_NO = /^(y|n|yes|no|true|false|o|x|예|네|아니오|아니요)$/i;
const DAY = /^(\d{4}[-./]\s?\d{1,2}[-./]\s?\d{1,2}\.?|(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01]))$/;
/** Not `0012`, and nothing with more than fifteen digits: these are names made of digits. */
const NUMBER = /^-?(0|[1-9][\d,]{0,18})(\.\d+)?$/;
const DIGITS = 15;

/** The own field that a column looks like, by its first cells; a person may change all of it. */
export function suggested(name: string, cells: readonly string[]): Suggested {
	const said = cells.map((cell) => cell.trim()).filter(Boolean);
	const all = (is: (cell: string) => boolean) => said.length > 0 && said.every(is);
	const isNumber = (cell: string) => NUMBER.test(cell) && cell.replace(/\D/g, '').length <= DIGITS;
	const kind = all((cell) => YES_NO.test(cell))
		? 'flag'
		: all((cell) => DAY.test(cell))
			? 'day'
			: all(isNumber)
				? 'number'
				: 'text';
	return { name, kind, choices: [...new Set(said)] };
}

/** The columns with a name and something in them that nothing is read from. */
export function unread(columns: readonly string[], sample: readonly string[][], used: Iterable<number>): number[] {
	const taken = new Set(used);
	return columns.flatMap((name, at) => (name && !taken.has(at) && sample.some((row) => row[at]?.trim()) ? [at] : []));
}
