/**
 * Texts that would be code wherever a page forgot that they are text: a line of `payloads.txt` each. There `§` is the call
 * that the code makes, `mark(n)` with the number of the line, and `⟦200B⟧` a character that no editor would keep.
 */
import { readFileSync } from 'node:fs';

const FILE = readFileSync(new URL('payloads.txt', import.meta.url), 'utf8');

export const PAYLOADS: readonly string[] = FILE.split('\n')
	.filter((line) => line !== '' && !line.startsWith('## '))
	.map((line, number) => line.replaceAll('§', `mark(${number})`))
	.map((line) => line.replace(/⟦([0-9A-F]+)⟧/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16))));

/** What templates that were filled in would have made of `1309*3`. */
export const FILLED_IN = /3,?927/;

/** All that fit, in texts of at most `most` characters. */
export function packed(most: number, fits: (payload: string) => boolean = () => true): string[] {
	const texts: string[] = [];
	let text = '';
	for (const payload of PAYLOADS.filter((one) => length(one) <= most && fits(one))) {
		if (text !== '' && length(text) + 1 + length(payload) > most) {
			texts.push(text);
			text = '';
		}
		text = text === '' ? payload : `${text} ${payload}`;
	}
	return text === '' ? texts : [...texts, text];
}

/** Characters as the server counts them. */
const length = (text: string): number => [...text].length;
