import type { CustomField } from '$lib/api/types';

type Suggested = Pick<CustomField, 'name' | 'kind' | 'choices'>;

const YES_NO = /^(y|n|yes|no|true|false|o|x|예|네|아니오|아니요)$/i;
const DAY = /^\d{4}[-./]\s?\d{1,2}[-./]\s?\d{1,2}\.?$/;
const NUMBER = /^-?[\d,]+(\.\d+)?$/;

/** The own field that a column looks like, by its first cells; a person may change all of it. */
export function suggested(name: string, cells: readonly string[]): Suggested {
	const said = cells.map((cell) => cell.trim()).filter(Boolean);
	const all = (form: RegExp) => said.length > 0 && said.every((cell) => form.test(cell));
	const kind = all(YES_NO) ? 'flag' : all(DAY) ? 'day' : all(NUMBER) ? 'number' : 'text';
	return { name, kind, choices: [...new Set(said)] };
}

/** The columns with a name and something in them that nothing is read from. */
export function unread(columns: readonly string[], sample: readonly string[][], used: Iterable<number>): number[] {
	const taken = new Set(used);
	return columns.flatMap((name, at) => (name && !taken.has(at) && sample.some((row) => row[at]?.trim()) ? [at] : []));
}
