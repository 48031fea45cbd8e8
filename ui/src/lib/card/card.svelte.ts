/**
 * One person's card and timeline, shared by the side panel and the full page. Notes appear at once and can be
 * taken back for ten seconds; when the server refuses, the typed text is kept.
 */
import { del, get, post, sentence } from '$lib/api/client';
import type { ContactKind, Id, Page, PartyCard, TimelineItem, TimelineKind } from '$lib/api/types';
import { toasts } from '$lib/components';
import { fmt, i18n } from '$lib/i18n';

export class Card {
	party = $state.raw<PartyCard | null>(null);
	items = $state.raw<TimelineItem[]>([]);
	next = $state<string | null>(null);
	kind = $state<TimelineKind | null>(null);
	failed = $state<unknown>(null);
	/** Set by the suggestion: the composer opens with this contact chosen. */
	contact = $state<ContactKind | null>(null);

	constructor(readonly id: Id) {}

	async load(): Promise<void> {
		try {
			const [party] = await Promise.all([get<PartyCard>(`/parties/${this.id}`), this.loadTimeline()]);
			this.party = party;
			this.failed = null;
		} catch (error) {
			this.failed = error;
		}
	}

	async loadTimeline(kind: TimelineKind | null = this.kind): Promise<void> {
		this.kind = kind;
		const page = await this.#page(null);
		if (kind !== this.kind) return;
		this.items = page.items;
		this.next = page.next;
	}

	async more(): Promise<void> {
		if (!this.next) return;
		const page = await this.#page(this.next);
		this.items = [...this.items, ...page.items];
		this.next = page.next;
	}

	/** Resolves to true when the note is in; `card` is the Today card that led here. */
	async note(text: string, contact: ContactKind | null, card: string | null): Promise<boolean> {
		const body = { text, contact, ...(card ? { card } : {}) };
		const written = await this.#try(() => post<TimelineItem>(`/parties/${this.id}/notes`, body));
		if (!written) return false;
		this.#put(written);
		toasts.undoable(i18n.t.card.noteSaved, () => this.removeNote(written));
		return true;
	}

	async removeNote(note: TimelineItem): Promise<void> {
		this.items = this.items.filter((item) => item.id !== note.id);
		const gone = await this.#try(async () => {
			await del(`/notes/${note.id}`);
			return true;
		});
		if (gone) toasts.say(i18n.t.card.noteRemoved);
		else this.#put(note);
	}

	async visit(): Promise<void> {
		const visit = await this.#try(() => post<TimelineItem>(`/parties/${this.id}/visits`, {}));
		if (!visit) return;
		toasts.say(i18n.t.card.visitSaved);
		await this.load();
	}

	#page(cursor: string | null) {
		return get<Page<TimelineItem>>(`/parties/${this.id}/timeline`, { query: { kinds: this.kind, cursor } });
	}

	/** Newest first, and never twice: the live update may have brought it already. */
	#put(item: TimelineItem): void {
		const rest = this.items.filter((old) => old.id !== item.id);
		this.items = [...rest, item].sort((a, b) => b.at.localeCompare(a.at));
	}

	async #try<T>(work: () => Promise<T>): Promise<T | null> {
		try {
			return await work();
		} catch (error) {
			toasts.fail(sentence(error));
			return null;
		}
	}
}

export interface DayGroup {
	day: string;
	items: TimelineItem[];
}

/** Items of the same local day together, in the order they came. */
export function byDay(items: readonly TimelineItem[]): DayGroup[] {
	const groups: DayGroup[] = [];
	for (const item of items) {
		const day = fmt.dayOf(item.at);
		const last = groups.at(-1);
		if (last?.day === day) last.items.push(item);
		else groups.push({ day, items: [item] });
	}
	return groups;
}
