/**
 * The rows of a list that may hold a million people: pages are appended as the reader comes near the end,
 * and only the rows in sight (with a margin) are drawn.
 */
import { get, type Query } from '$lib/api/client';
import type { Page, PartyRow } from '$lib/api/types';

export const PAGE = 100;
/** Rows drawn beyond each edge of the window, so that scrolling never shows a gap. */
const MARGIN = 15;
/** The next page is asked for when fewer rows than this remain below. */
const AHEAD = 40;

export class Rows {
	items = $state.raw<PartyRow[]>([]);
	next = $state<string | null>(null);
	loading = $state(false);
	failed = $state<unknown>(null);
	/** First and one past the last row drawn. */
	from = $state(0);
	to = $state(MARGIN * 4);
	#query: Query = {};

	/** Starts again with a first page that is already here. */
	start(page: Page<PartyRow>, query: Query): void {
		this.items = page.items;
		this.next = page.next;
		this.#query = query;
		this.failed = null;
		this.to = Math.max(this.to, MARGIN * 4);
	}

	/** Draws what a window of `height` px sees when the list's top stands at `top` px in it. */
	show(top: number, height: number, row: number): void {
		this.from = Math.max(0, Math.min(Math.floor(-top / row) - MARGIN, this.items.length - 1));
		this.to = Math.min(this.items.length, Math.ceil((height - top) / row) + MARGIN);
		if (this.next && this.items.length - this.to < AHEAD) void this.more();
	}

	async more(): Promise<void> {
		if (this.loading || !this.next) return;
		this.loading = true;
		this.failed = null;
		const query = this.#query;
		try {
			const page = await get<Page<PartyRow>>('/parties', { query: { ...query, cursor: this.next, limit: PAGE } });
			if (query !== this.#query) return;
			this.items = [...this.items, ...page.items];
			this.next = page.next;
		} catch (error) {
			this.failed = error;
			this.next = null;
		} finally {
			this.loading = false;
		}
	}
}
