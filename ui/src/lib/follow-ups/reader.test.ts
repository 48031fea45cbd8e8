import { describe, expect, it } from 'vitest';
import type { Cue } from '$lib/api/types';
import { agreed, merged } from './reader.svelte';

const cue = (day: string | null): Cue => ({
	occasion: 'graduation',
	title: '아들 졸업식',
	day,
	lunar: false,
	plan: 'next_visit'
});

describe('proposals while a memo is written', () => {
	it('are accepted where the memo says the day, and asked about where it does not', () => {
		expect(merged([cue('2027-02-10')], [])[0]?.accepted).toBe(true);
		expect(merged([cue(null)], [])[0]?.accepted).toBe(false);
		expect(agreed(merged([cue(null)], []))).toEqual([]);
	});

	it('keep what was chosen of them while typing goes on, until the day changes', () => {
		const refused = merged([cue('2027-02-10')], []).map((proposal) => ({ ...proposal, accepted: false }));
		expect(merged([cue('2027-02-10')], refused)[0]?.accepted).toBe(false);
		expect(merged([cue('2027-02-11')], refused)[0]).toMatchObject({ accepted: true, day: '2027-02-11' });
	});

	it('become follow-ups with the day that was picked', () => {
		const picked = merged([cue(null)], []).map((proposal) => ({ ...proposal, accepted: true, day: '2027-02-12' }));
		expect(agreed(picked)).toEqual([
			{ occasion: 'graduation', title: '아들 졸업식', day: '2027-02-12', plan: 'next_visit' }
		]);
	});
});
