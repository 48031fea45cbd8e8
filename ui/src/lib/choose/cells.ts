/** Cells of the RFM heat map as the text of a segment's rule. */

export interface Cell {
	r: number;
	f: number;
}

const asked = (name: string, scores: number[]): string =>
	scores.length === 1 ? `${name} = ${scores[0]}` : `${name} in (${scores.join(', ')})`;

/** Rows with the same columns are said together: four cells of a corner are one condition of each score. */
export function ruleOf(cells: Cell[]): string {
	const columns = new Map<number, Set<number>>();
	for (const { r, f } of cells) columns.set(r, (columns.get(r) ?? new Set()).add(f));
	const rows = new Map<string, number[]>();
	for (const [r, fs] of [...columns].sort(([one], [other]) => one - other)) {
		const key = [...fs].sort().join();
		rows.set(key, [...(rows.get(key) ?? []), r]);
	}
	const parts = [...rows].map(([key, rs]) => `${asked('r', rs)} and ${asked('f', key.split(',').map(Number))}`);
	return parts.length === 1 ? parts[0]! : parts.map((part) => `(${part})`).join(' or ');
}
