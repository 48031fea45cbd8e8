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
	'tier',
	'first_order',
	'phone',
	'email',
	'agreed',
	'created_at',
	'kind',
	'markets',
	'tags'
] as const;
export type ColumnKey = (typeof COLUMNS)[number];
/** A column of the list: one of its own, or a field that the company added, by its id. */
export type Column = ColumnKey | `fld_${string}`;
export const isOwn = (column: string): column is `fld_${string}` => column.startsWith('fld_');

/** Figures, right-aligned. */
export const NUMERIC: ReadonlySet<Column> = new Set(['orders', 'spend', 'value', 'p_alive', 'expected_orders', 'rfm']);

/** The orders the server offers for a column, in the sequence a press walks through. */
export const SORTS: Partial<Record<Column, string[]>> = {
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

export function nextSort(column: Column, now: string): string {
	const sorts = SORTS[column] ?? [];
	return sorts[(sorts.indexOf(now) + 1) % sorts.length] ?? DEFAULT_SORT;
}

const DEFAULT: ColumnKey[] = ['name', 'state', 'last_order', 'late', 'orders', 'spend', 'value'];
const KEY = 'dangol.customers.columns';

export function storedColumns(): Column[] {
	const stored = localStorage.getItem(KEY)?.split(',') ?? [];
	const known: Column[] = COLUMNS.filter((column) => stored.includes(column));
	return known.length ? [...known, ...stored.filter(isOwn)] : DEFAULT;
}

export function storeColumns(columns: readonly Column[]): void {
	localStorage.setItem(KEY, columns.join(','));
}
