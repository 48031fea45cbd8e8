/** Reads a memo while it is written: which occasions it speaks of, and what may not be kept. */
import { post } from '$lib/api/client';
import type { Cue, NewFollowUp, ReadMemo, Sensitive } from '$lib/api/types';

/** A pause in typing after which the memo is read. */
const PAUSE_MS = 350;

export interface Proposal {
	cue: Cue;
	accepted: boolean;
	day: string;
}

/** The same occasion with the same words is the same proposal: what was chosen of it stays while typing goes on. */
export function merged(cues: readonly Cue[], before: readonly Proposal[]): Proposal[] {
	return cues.map((cue) => {
		const known = before.find(({ cue: old }) => old.occasion === cue.occasion && old.title === cue.title);
		if (known && known.cue.day === cue.day) return { ...known, cue };
		return { cue, accepted: cue.day !== null, day: cue.day ?? '' };
	});
}

/** What was agreed to. */
export function agreed(proposals: readonly Proposal[]): NewFollowUp[] {
	return proposals
		.filter(({ accepted, day }) => accepted && day !== '')
		.map(({ cue, day }) => ({ occasion: cue.occasion, title: cue.title, day, plan: cue.plan }));
}

export class MemoReader {
	proposals = $state<Proposal[]>([]);
	sensitive = $state<Sensitive | null>(null);
	word = $state<string | null>(null);
	#timer: ReturnType<typeof setTimeout> | undefined;
	#asked = 0;

	typed(text: string): void {
		clearTimeout(this.#timer);
		if (!text.trim()) return this.clear();
		this.#timer = setTimeout(() => void this.#read(text), PAUSE_MS);
	}

	clear(): void {
		clearTimeout(this.#timer);
		this.#asked++;
		this.proposals = [];
		this.sensitive = null;
		this.word = null;
	}

	/** Nothing is lost without it: saving checks again. */
	async #read(text: string): Promise<void> {
		const asked = ++this.#asked;
		const read = await post<ReadMemo>('/memos/read', { text }).catch(() => null);
		if (!read || asked !== this.#asked) return;
		this.proposals = merged(read.cues, this.proposals);
		this.sensitive = read.sensitive;
		this.word = read.word;
	}
}
