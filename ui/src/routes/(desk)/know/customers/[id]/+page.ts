import { redirect } from '@sveltejs/kit';
import { ApiError } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import { Card } from '$lib/card/card.svelte';
import { toasts } from '$lib/components';
import { i18n } from '$lib/i18n';
import type { PageLoad } from './$types';

/** Who stands for a customer who was merged away. */
const mergedInto = (failed: unknown) =>
	failed instanceof ApiError && failed.code === 'party_merged' ? failed.problem.party : undefined;

/** Kept while the same person stays open, so that a live update changes the card in place. */
let kept: Card | null = null;

/** The card loads before the page shows, so that following a link never shows an empty one. */
export const load: PageLoad = async ({ params, depends }) => {
	depends(topic('parties'));
	const card = kept?.id === params.id ? kept : new Card(params.id);
	kept = card;
	await card.load();
	const root = mergedInto(card.failed);
	if (root) {
		toasts.say(i18n.t.duplicates.followed);
		redirect(307, `/know/customers/${root}`);
	}
	if (card.failed) throw card.failed;
	return { card };
};
