/**
 * A rule as one edits it: groups and conditions, each with its own "not", and back to the tree of the API. What the
 * form cannot show (a negated group within a negation) becomes a group of one.
 */
export type When = string | { days_ago: number };

export interface FieldLeaf {
	field: string;
	op?: string;
	value?: unknown;
}
export interface DeedLeaf {
	did: string;
	kind?: string;
	first?: boolean;
	with?: Record<string, string>;
	times?: Record<string, number>;
	amount_minor?: number;
	within_days?: number;
	after?: When;
	before?: When;
}
export interface MemberLeaf {
	segment: string;
}
export type Leaf = FieldLeaf | DeedLeaf | MemberLeaf;
export type Rule = { all: Rule[] } | { any: Rule[] } | { not: Rule } | Leaf;

export interface Group {
	id: number;
	not: boolean;
	join: 'all' | 'any';
	items: Item[];
}
export interface Condition {
	id: number;
	not: boolean;
	leaf: Leaf;
}
export type Item = Group | Condition;

let last = 0;
const fresh = () => ++last;

export const isGroup = (item: Item): item is Group => 'items' in item;
export const isDeed = (leaf: Leaf): leaf is DeedLeaf => 'did' in leaf;
export const isField = (leaf: Leaf): leaf is FieldLeaf => 'field' in leaf;

export const group = (join: 'all' | 'any', items: Item[] = [], not = false): Group => ({
	id: fresh(),
	not,
	join,
	items
});
export const condition = (leaf: Leaf, not = false): Condition => ({ id: fresh(), not, leaf });

function edited(rule: Rule, not: boolean): Item {
	if ('not' in rule) return not ? group('all', [edited(rule, false)], true) : edited(rule.not, true);
	if ('all' in rule)
		return group(
			'all',
			rule.all.map((part) => edited(part, false)),
			not
		);
	if ('any' in rule)
		return group(
			'any',
			rule.any.map((part) => edited(part, false)),
			not
		);
	return condition(rule, not);
}

/** The rule as a group to edit. */
export function toEdit(rule: Rule): Group {
	const item = edited(rule, false);
	return isGroup(item) && !item.not ? item : group('all', [item]);
}

/** What was edited, as the rule it means. */
export function fromEdit(item: Item): Rule {
	let rule: Rule;
	if (!isGroup(item)) rule = item.leaf;
	else if (item.items.length === 1) rule = fromEdit(item.items[0]!);
	else if (item.join === 'all') rule = { all: item.items.map(fromEdit) };
	// A group without anything in it leaves everyone in, whichever way it joins.
	else rule = item.items.length ? { any: item.items.map(fromEdit) } : { all: [] };
	return item.not ? { not: rule } : rule;
}

/** Whether two rules are the same tree. */
export const same = (one: Rule, other: Rule): boolean => JSON.stringify(one) === JSON.stringify(other);

export interface Asks {
	name: string;
	kind: string;
	ops: string[];
	choices: { name: string }[];
}

/** A first value for a field and what it is asked, which the person then changes. */
export function firstLeaf(field: Asks, op: string = field.ops[0] ?? 'holds'): FieldLeaf {
	if (op === 'holds') return { field: field.name };
	if (op === 'known') return { field: field.name, op };
	return { field: field.name, op, value: firstValue(field, op) };
}

function firstValue(field: Asks, op: string): unknown {
	if (op === 'within') return 30;
	// What a shop asks for first.
	const choice = (field.choices.find((one) => one.name === 'regular') ?? field.choices[0])?.name ?? '';
	if (op === 'in') return field.kind === 'choice' ? [choice] : [field.kind === 'int' ? 1 : ''];
	if (field.kind === 'day') return { days_ago: 30 };
	if (field.kind === 'choice') return choice;
	return field.kind === 'text' ? '' : 1;
}

/** The usual first question of a field: "at least" for numbers, "before" for days. */
export function usualOp(field: Asks): string {
	const wish = field.kind === 'day' ? '<' : ['int', 'float', 'money'].includes(field.kind) ? '>=' : field.ops[0];
	return field.ops.includes(wish ?? '') ? (wish ?? 'holds') : (field.ops[0] ?? 'holds');
}
