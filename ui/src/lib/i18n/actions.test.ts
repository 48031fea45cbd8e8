import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import en from './en/operate';
import ko from './ko/operate';

const CRATES = new URL('../../../../crates/', import.meta.url);

/** What the program writes into the audit log, as its sources have it. */
function written(): Set<string> {
	const sources = readdirSync(CRATES, { recursive: true, encoding: 'utf8' }).filter((file) =>
		/^\w+\/src\/.*\.rs$/.test(file)
	);
	const texts = sources.map((file) => readFileSync(new URL(file, CRATES), 'utf8'));
	// Most calls name the action; where they name a variable, the arms of the file that give it do.
	const named = texts.flatMap((text) => [...text.matchAll(/audit::write(?:_by)?\([^;]*?"([a-z_]+\.[a-z_]+)"/g)]);
	const chosen = texts
		.filter((text) => /audit::write(?:_by)?\([^;"]*?\baction\b/.test(text))
		.flatMap((text) => [...text.matchAll(/=> (?:Some\()?"([a-z_]+\.[a-z_]+)"/g)]);
	return new Set([...named, ...chosen].map(([, action]) => action!));
}

describe('the audit log', () => {
	it('has words for every action that is written', () => {
		const actions = [...written()];
		expect(actions.length).toBeGreaterThan(50);
		for (const words of [en, ko]) {
			expect(actions.filter((action) => !(action in words.actions))).toEqual([]);
		}
	});
});
