import { topic } from '$lib/api/live.svelte';
import { Card } from '$lib/card/card.svelte';
import type { PageLoad } from './$types';

/** Kept while the same person stays open, so that a live update changes the card in place. */
let kept: Card | null = null;

/** The card loads before the page shows, so that following a link never shows an empty one. */
export const load: PageLoad = async ({ params, depends }) => {
	depends(topic('parties'));
	const card = kept?.id === params.id ? kept : new Card(params.id);
	kept = card;
	await card.load();
	if (card.failed) throw card.failed;
	return { card };
};
