/** Entering something by hand from anywhere: `entry.open('order')`. The dialog itself stands once in the desk's layout. */
import type { PersonRef } from '$lib/api/types';

export const ENTRY_KINDS = ['person', 'order', 'visit', 'cost'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

class Entry {
	kind = $state<EntryKind | null>(null);
	/** The person it is about, when it was opened from their card. */
	party = $state.raw<PersonRef | null>(null);

	open(kind: EntryKind, party: PersonRef | null = null): void {
		this.party = party;
		this.kind = kind;
	}

	close(): void {
		this.kind = null;
		this.party = null;
	}
}

export const entry = new Entry();
