/** What a score is made of, in words. */
import { fmt } from '$lib/i18n';
import type { Words } from '$lib/i18n/ko';
import type { Candidate } from './api';

/** The figures of a candidate that their score comes from, the weightiest first. */
export function partsOf(t: Words['accounts'], candidate: Candidate): string[] {
	const words: Record<string, string | null> = {
		profit: candidate.profit && t.partProfit(fmt.money(candidate.profit)),
		growth: candidate.growth && t.partGrowth(signed(candidate.growth.rate)),
		potential: candidate.potential === null ? null : t.partPotential(fmt.number(candidate.potential)),
		fit: candidate.fit === null ? null : t.partFit(fmt.number(candidate.fit))
	};
	return candidate.parts.map((part) => words[part.input]).filter((word): word is string => !!word);
}

/** A share with its sign. */
export const signed = (share: number): string => `${share > 0 ? '+' : ''}${fmt.percent(share)}`;
