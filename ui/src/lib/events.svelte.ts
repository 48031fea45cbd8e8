/** What people call the registered kinds of interaction; read once, when the first one is shown. */
import { get } from '$lib/api/client';
import type { EventKind } from '$lib/api/types';

class EventKinds {
	#names = $state<Record<string, string>>({});
	#asked = false;

	/** The name of a kind; its code until it is known, and where it has been forgotten. */
	nameOf(code: string | null): string {
		if (!this.#asked) {
			this.#asked = true;
			void get<EventKind[]>('/event-kinds').then(
				(kinds) => (this.#names = Object.fromEntries(kinds.map(({ code, name }) => [code, name]))),
				() => (this.#asked = false)
			);
		}
		return (code && this.#names[code]) || (code ?? '');
	}
}

export const eventKinds = new EventKinds();
