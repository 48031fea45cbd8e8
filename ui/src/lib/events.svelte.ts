/** The kinds of interaction, Dangol's own and those the company registered; read once, when the first one is needed. */
import { get } from '$lib/api/client';
import type { OfferedKind } from '$lib/api/types';
import { i18n } from '$lib/i18n';

class EventKinds {
	#kinds = $state.raw<OfferedKind[]>([]);
	#asked = false;

	/** Every kind; none until they are known. */
	get all(): OfferedKind[] {
		if (!this.#asked) {
			this.#asked = true;
			void get<OfferedKind[]>('/event-kinds/offer').then(
				(kinds) => (this.#kinds = kinds),
				() => (this.#asked = false)
			);
		}
		return this.#kinds;
	}

	/** The name of a kind; its code until it is known, and where it has been forgotten. */
	nameOf(code: string | null): string {
		return this.all.find((kind) => kind.code === code)?.[i18n.lang] ?? code ?? '';
	}
}

export const eventKinds = new EventKinds();
