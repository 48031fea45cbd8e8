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
	const calls = sources.flatMap((file) =>
		[...readFileSync(new URL(file, CRATES), 'utf8').matchAll(/audit::write\([^;]*?"([a-z_]+\.[a-z_]+)"/g)].map(
			([, action]) => action!
		)
	);
	return new Set(calls);
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
