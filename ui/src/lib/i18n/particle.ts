/**
 * Korean particles follow the final consonant of the word before them: 사과를, 수박을.
 * After digits and Latin letters the sound is not certain, so both are written: 5을(를).
 */
export type Particle = '을/를' | '이/가' | '은/는' | '과/와' | '으로/로';

const FIRST = 0xac00;
const LAST = 0xd7a3;
const FINALS = 28;
const RIEUL = 8;

/** `josa('사과', '을/를')` is `사과를`. */
export function josa(word: string, particle: Particle): string {
	const [closed, open] = particle.split('/') as [string, string];
	const code = word.trimEnd().at(-1)?.charCodeAt(0) ?? 0;
	if (code < FIRST || code > LAST) return `${word}${closed}(${open})`;
	const final = (code - FIRST) % FINALS;
	const takesOpen = final === 0 || (particle === '으로/로' && final === RIEUL);
	return word + (takesOpen ? open : closed);
}
