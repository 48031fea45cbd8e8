/** Why somebody left: the word for it, and whether better work could have kept them. */
import type { LeakReason } from '$lib/api/measure';
import type { Words } from '$lib/i18n/ko';

/** A newer server may know more reasons; those are shown as they are written. */
export const reasonWord = (t: Words, code: string): string => t.common.reasons[code] ?? code;

/** Reasons that do not tell whether the person could have been kept. */
const OPEN = ['unknown', 'other'];

/** What nobody knows is not called unavoidable. */
export const avoidable = ({ reason, avoidable }: Pick<LeakReason, 'reason' | 'avoidable'>): 'yes' | 'no' | 'unknown' =>
	OPEN.includes(reason) ? 'unknown' : avoidable ? 'yes' : 'no';
