/**
 * Short notices at the foot of the window. A notice with `undo` stays for ten seconds, so that nobody is asked
 * "are you sure" beforehand; `u` presses it too.
 */
export interface Notice {
	id: number;
	text: string;
	tone: 'plain' | 'bad';
	undo?: () => void | Promise<void>;
}

const PLAIN_MS = 4_000;
export const UNDO_MS = 10_000;
let last = 0;

class Toasts {
	items = $state<Notice[]>([]);

	say(text: string): void {
		this.#add({ id: ++last, text, tone: 'plain' }, PLAIN_MS);
	}

	/** Something went wrong outside a form. Stays as long as an undo, because it must be read. */
	fail(text: string): void {
		this.#add({ id: ++last, text, tone: 'bad' }, UNDO_MS);
	}

	/** Says what was done and offers to take it back. */
	undoable(text: string, undo: () => void | Promise<void>): void {
		this.#add({ id: ++last, text, tone: 'plain', undo }, UNDO_MS);
	}

	/** Takes back the newest thing that can be taken back. */
	async undoLast(): Promise<void> {
		const notice = this.items.findLast((item) => item.undo);
		if (notice) await this.undo(notice);
	}

	async undo(notice: Notice): Promise<void> {
		this.drop(notice.id);
		await notice.undo?.();
	}

	drop(id: number): void {
		this.items = this.items.filter((item) => item.id !== id);
	}

	#add(notice: Notice, ms: number): void {
		this.items = [...this.items.slice(-2), notice];
		setTimeout(() => this.drop(notice.id), ms);
	}
}

export const toasts = new Toasts();
