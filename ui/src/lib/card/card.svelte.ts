/**
 * One person's card and timeline, shared by the side panel and the full page. Notes appear at once and can be
 * taken back for ten seconds; when the server refuses, the typed text is kept.
 */
import { del, get, post, put, sentence } from '$lib/api/client';
import type {
	ContactKind,
	FollowUp,
	FollowUpState,
	Id,
	Needs,
	NeedTopic,
	NewFollowUp,
	Page,
	PartyCard,
	TimelineItem,
	TimelineKind
} from '$lib/api/types';
import { toasts } from '$lib/components';
import { fmt, i18n } from '$lib/i18n';

export class Card {
	party = $state.raw<PartyCard | null>(null);
	items = $state.raw<TimelineItem[]>([]);
	next = $state<string | null>(null);
	/** What is still to be said or done for them. */
	followUps = $state.raw<FollowUp[]>([]);
	/** What they want and like, and the one question to ask now. */
	needs = $state.raw<Needs | null>(null);
	/** Through which channel the timeline is asked for. */
	channel = $state<string | null>(null);
	kind = $state<TimelineKind | null>(null);
	failed = $state<unknown>(null);
	/** Set by the suggestion: the composer opens with this contact chosen. */
	contact = $state<ContactKind | null>(null);

	constructor(readonly id: Id) {}

	async load(): Promise<void> {
		try {
			const [party] = await Promise.all([
				get<PartyCard>(`/parties/${this.id}`),
				this.loadTimeline(),
				this.loadFollowUps(),
				this.loadNeeds()
			]);
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

	async loadFollowUps(): Promise<void> {
		const open = { party: this.id, state: 'open' };
		this.followUps = (await get<Page<FollowUp>>('/follow-ups', { query: open })).items;
	}

	async loadNeeds(): Promise<void> {
		this.needs = await get<Needs>(`/parties/${this.id}/needs`);
	}

	/** Writes down what they said; gives what was refused. */
	say(topic: NeedTopic, value: string): Promise<unknown> {
		return this.#told('needs', { topic, value });
	}

	/** Writes down an answer, or that there was none; gives what was refused. */
	answer(question: Id, value: string | null): Promise<unknown> {
		return this.#told('answers', { question, value });
	}

	async #told(what: 'needs' | 'answers', body: object): Promise<unknown> {
		try {
			this.needs = await post<Needs>(`/parties/${this.id}/${what}`, body);
			return null;
		} catch (error) {
			return error;
		}
	}

	async forget(declared: Id): Promise<void> {
		const gone = await this.#try(async () => {
			await del(`/declared/${declared}`);
			return true;
		});
		if (!gone) return;
		toasts.say(i18n.t.needs.forgotten);
		await this.loadNeeds();
	}

	/** Says what became of the suggestion; it can be taken back for ten seconds. */
	async settle(outcome: 'done' | 'not_done'): Promise<void> {
		const suggestion = this.party?.suggestion;
		if (!suggestion) return;
		const followUp = this.followUps.find(({ id }) => id === suggestion.params.id);
		if (suggestion.kind === 'follow_up' && followUp) return this.close(followUp, outcome);
		const put_ = (to: string | null) => put(`/parties/${this.id}/suggestion`, { kind: suggestion.kind, outcome: to });
		const kept = await this.#try(async () => {
			await put_(outcome);
			return true;
		});
		if (!kept) return;
		const t = i18n.t.followUps;
		toasts.undoable(outcome === 'done' ? t.doneSaid : t.notDoneSaid, async () => {
			await this.#try(() => put_(null));
			await this.load();
		});
		await this.load();
	}

	async more(): Promise<void> {
		if (!this.next) return;
		const page = await this.#page(this.next);
		this.items = [...this.items, ...page.items];
		this.next = page.next;
	}

	/** Resolves to true when the note is in; `card` is the Today card that led here. */
	async note(
		text: string,
		contact: ContactKind | null,
		card: string | null,
		followUps: NewFollowUp[] = []
	): Promise<boolean> {
		const body = { text, contact, follow_ups: followUps, ...(card ? { card } : {}) };
		const written = await this.#try(() => post<TimelineItem>(`/parties/${this.id}/notes`, body));
		if (!written) return false;
		this.#put(written);
		if (followUps.length) void this.loadFollowUps();
		toasts.undoable(i18n.t.card.noteSaved, () => this.removeNote(written));
		return true;
	}

	async removeNote(note: TimelineItem): Promise<void> {
		this.items = this.items.filter((item) => item.id !== note.id);
		const gone = await this.#try(async () => {
			await del(`/notes/${note.id}`);
			return true;
		});
		if (gone) {
			toasts.say(i18n.t.card.noteRemoved);
			void this.loadFollowUps();
		} else this.#put(note);
	}

	/** Closes something that was to be said or done; it can be opened again for ten seconds. */
	async close(followUp: FollowUp, state: FollowUpState): Promise<void> {
		if (!(await this.#try(() => put(`/follow-ups/${followUp.id}`, { state })))) return;
		const t = i18n.t.followUps;
		toasts.undoable(state === 'done' ? t.doneSaid : t.notDoneSaid, async () => {
			await this.#try(() => put(`/follow-ups/${followUp.id}`, { state: 'open' }));
			await this.load();
		});
		await this.load();
	}

	async addFollowUp(followUp: NewFollowUp): Promise<void> {
		await post(`/parties/${this.id}/follow-ups`, followUp);
		toasts.say(i18n.t.followUps.added);
		await this.loadFollowUps();
	}

	async visit(): Promise<void> {
		const visit = await this.#try(() => post<TimelineItem>(`/parties/${this.id}/visits`, {}));
		if (!visit) return;
		toasts.say(i18n.t.card.visitSaved);
		await this.load();
	}

	/** Throws what the form is to show. */
	async happened(what: Record<string, unknown>): Promise<void> {
		await post<TimelineItem>(`/parties/${this.id}/events`, what);
		toasts.say(i18n.t.card.happening.done);
		await this.load();
	}

	#page(cursor: string | null) {
		return get<Page<TimelineItem>>(`/parties/${this.id}/timeline`, {
			query: { kinds: this.kind, channel: this.channel, cursor }
		});
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
