/** Who is signed in, and for which company. Filled by the desk's layout before any page loads. */
import { ownPath } from '$lib/paths';
import { page } from '$app/state';
import { get, del } from '$lib/api/client';
import { live } from '$lib/api/live.svelte';
import type { Session } from '$lib/api/types';
import { i18n } from '$lib/i18n';

class Current {
	session = $state<Session | null>(null);

	get company() {
		return this.session?.company ?? null;
	}
	get user() {
		return this.session?.user ?? null;
	}

	/** Takes an answer of `/session`; the account's language counts unless this browser has an own choice. */
	async take(session: Session): Promise<Session> {
		this.session = session;
		i18n.zone = session.company.zone;
		i18n.setClock(session.now);
		if (!i18n.chosen && session.user.locale !== i18n.lang) await i18n.use(session.user.locale);
		return session;
	}

	async refresh(): Promise<Session> {
		return this.take(await get<Session>('/session'));
	}

	async signOut(): Promise<void> {
		await del('/session');
		live.close();
		// A new document: nothing of the customers stays in memory.
		location.replace('/sign-in');
	}
}

export const current = new Current();

/** The sign-in page, keeping the way back. Only own paths are taken, so the link cannot lead elsewhere. */
export function signInPath(url: URL = page.url): string {
	const here = url.pathname + url.search;
	return here === '/' || here.startsWith('/sign-in') ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`;
}

/** Where to go after signing in. */
export function wayBack(url: URL): string {
	return ownPath(url.searchParams.get('next'));
}
