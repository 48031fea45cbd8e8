/** Values of a company's own fields, as they are shown. */
import { fmt } from '$lib/i18n';
import type { Words } from '$lib/i18n/ko';

export function valueText(t: Words, kind: string, value: unknown): string {
	if (value === null || value === undefined) return '–';
	if (kind === 'flag') return value ? t.parties.yes : t.parties.no;
	if (kind === 'number') return fmt.number(Number(value), 2);
	return kind === 'day' ? fmt.dayShort(String(value)) : String(value);
}
