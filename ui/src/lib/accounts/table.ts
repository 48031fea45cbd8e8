/** A table of judgements as people paste it: comma or tab between cells, quotes around what holds them. */
import type { AssessmentRow } from './api';

export interface Read {
	rows: AssessmentRow[];
	/** The line of each row, from 1. */
	lines: number[];
	/** Lines whose value is not a whole number. */
	faulty: number[];
}

const NAMES: Record<string, string> = {
	customer: 'customer',
	고객: 'customer',
	input: 'input',
	항목: 'input',
	value: 'value',
	값: 'value',
	day: 'day',
	기준일: 'day',
	source: 'source',
	출처: 'source',
	note: 'note',
	메모: 'note'
};

/** Reads the table; `codes` gives the code of an input's name on screen. */
export function readTable(text: string, codes: Record<string, string> = {}): Read {
	const table = cells(text.replace(/^\uFEFF/, ''));
	const heads = (table[0]?.cells ?? []).map((head) => NAMES[head.trim().toLowerCase()]);
	const read: Read = { rows: [], lines: [], faulty: [] };
	if (!['customer', 'input', 'value'].every((name) => heads.includes(name))) return read;
	for (const { line, cells } of table.slice(1)) {
		const row: Record<string, string> = {};
		heads.forEach((head, at) => {
			const value = cells[at]?.trim();
			if (head && value) row[head] = value;
		});
		if (Object.keys(row).length === 0) continue;
		const { customer = '', input = '', value = '', ...rest } = row;
		// Amounts are copied with their commas.
		const number = Number(value.replace(/,/g, ''));
		if (value === '' || !Number.isSafeInteger(number)) read.faulty.push(line);
		else {
			read.rows.push({ customer, input: codes[input] ?? input, value: number, ...rest });
			read.lines.push(line);
		}
	}
	return read;
}

function cells(text: string): { line: number; cells: string[] }[] {
	const by = text.slice(0, text.indexOf('\n') + 1 || undefined).includes('\t') ? '\t' : ',';
	const table: { line: number; cells: string[] }[] = [];
	let row: string[] = [];
	let cell = '';
	let quoted = false;
	let line = 1;
	let began = 1;
	const end = () => {
		row.push(cell);
		if (row.some((one) => one.trim() !== '')) table.push({ line: began, cells: row });
		row = [];
		cell = '';
	};
	for (let at = 0; at < text.length; at++) {
		const letter = text[at]!;
		if (letter === '\n') line++;
		if (quoted) {
			if (letter === '"' && text[at + 1] === '"') cell += text[++at];
			else if (letter === '"') quoted = false;
			else cell += letter;
		} else if (letter === '"' && cell.trim() === '') {
			quoted = true;
			cell = '';
		} else if (letter === by) {
			row.push(cell);
			cell = '';
		} else if (letter === '\n') {
			end();
			began = line;
		} else if (letter !== '\r') cell += letter;
	}
	end();
	return table;
}
