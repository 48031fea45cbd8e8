/** The word for why someone left. A company may add own reasons; those are shown as they were written. */
import type { Words } from '$lib/i18n/ko';

export const reasonWord = (t: Words, code: string): string => t.leak.reasons[code] ?? code;
