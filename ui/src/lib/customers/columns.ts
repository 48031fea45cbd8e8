/** The columns of the customer list, which of them sort, and the choice this browser remembers. */
export const COLUMNS = [
	'name',
	'state',
	'last_order',
	'late',
	'orders',
	'spend',
	'value',
	'p_alive',
	'expected_orders',
	'rfm',
	'first_order',
	'phone',
	'email',
	'created_at'
] as const;
export type ColumnKey = (typeof COLUMNS)[number];

/** Figures, right-aligned. */
export const NUMERIC: ReadonlySet<ColumnKey> = new Set([
	'orders',
	'spend',
	'value',
	'p_alive',
	'expected_orders',
	'rfm'
]);

/** The orders the server offers for a column, in the sequence a press walks through. */
export const SORTS: Partial<Record<ColumnKey, string[]>> = {
	name: ['name'],
	last_order: ['-last_order'],
	late: ['-late'],
	orders: ['-orders'],
	spend: ['-spend', 'spend'],
	value: ['-value'],
	p_alive: ['alive', '-alive'],
	first_order: ['-first_order', 'first_order'],
	created_at: ['-created', 'created']
};
export const DEFAULT_SORT = '-last_order';

/** Columns whose figures ascend although the sort has no minus, or the other way: for `aria-sort`. */
export const direction = (sort: string): 'ascending' | 'descending' =>
	sort.startsWith('-') ? 'descending' : 'ascending';

export function nextSort(column: ColumnKey, now: string): string {
	const sorts = SORTS[column] ?? [];
	return sorts[(sorts.indexOf(now) + 1) % sorts.length] ?? DEFAULT_SORT;
}

const DEFAULT: ColumnKey[] = ['name', 'state', 'last_order', 'late', 'orders', 'spend', 'value'];
const KEY = 'dangol.customers.columns';

export function storedColumns(): ColumnKey[] {
	const stored = localStorage.getItem(KEY)?.split(',') ?? [];
	const known = COLUMNS.filter((column) => stored.includes(column));
	return known.length ? known : DEFAULT;
}

export function storeColumns(columns: readonly ColumnKey[]): void {
	localStorage.setItem(KEY, columns.join(','));
}
