import { describe, expect, it } from 'vitest';
import en from './en';
import ko from './ko';

type Node = null | string | ((...values: never[]) => string) | { [key: string]: Node };

/** Names that are the same in every language. */
const LATIN_ON_PURPOSE = [/\.rfm$/, /\.viewVip$/, /^imports\.sources\./, /^card\.shops\./, /^imports\.encodings\./];
/** What is offered in both languages whatever the screen's is, and codes. */
const NO_WORDS_OF_THE_SCREEN = [/^consent\.drafts\.\w+\.(ko|en)\./, /^needs\.ideas\.\d+\.topic$/];
const HANGUL = /[가-힣]/;

/** Every entry with its path; functions are called with a sample, so that their sentence is looked at too. */
function leaves(node: Node, path: string): [string, string][] {
	if (NO_WORDS_OF_THE_SCREEN.some((allowed) => allowed.test(path))) return [];
	if (typeof node === 'string') return [[path, node]];
	if (typeof node === 'function') return [[path, sample(node)]];
	// What is deliberately not there says nothing.
	if (node === null) return [];
	return Object.entries(node).flatMap(([key, child]) => leaves(child, path ? `${path}.${key}` : key));
}

function sample(sentence: (...values: never[]) => string): string {
	// A value that answers to everything a sentence may do with it: as text, as a number, as a record, as a function.
	const value: unknown = new Proxy(() => '3', {
		get: (_target, key) => {
			if (key === Symbol.toPrimitive || key === 'join') return () => '3';
			const member: unknown = '3'[key as never];
			return typeof member === 'function' ? member.bind('3') : '3';
		}
	});
	const text = (sentence as (...values: unknown[]) => unknown)(...Array.from({ length: sentence.length }, () => value));
	return typeof text === 'string' ? text : '';
}

function keys(node: Node, path = ''): string[] {
	if (typeof node !== 'object' || node === null) return [path];
	return Object.entries(node).flatMap(([key, child]) => keys(child, path ? `${path}.${key}` : key));
}

describe('dictionaries', () => {
	it('have the same keys in Korean and English', () => {
		expect(keys(en as unknown as Node).sort()).toEqual(keys(ko as unknown as Node).sort());
	});

	it('speak Korean in Korean', () => {
		const foreign = leaves(ko as unknown as Node, '')
			.filter(([, text]) => /[A-Za-z]{2}/.test(text) && !HANGUL.test(text))
			.filter(([path]) => !LATIN_ON_PURPOSE.some((allowed) => allowed.test(path)));
		expect(foreign).toEqual([]);
	});

	it('speak English in English', () => {
		const foreign = leaves(en as unknown as Node, '').filter(([, text]) => HANGUL.test(text));
		expect(foreign).toEqual([]);
	});
});
