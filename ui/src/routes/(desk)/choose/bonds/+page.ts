import { get, getVersioned } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { BondBoard, BondSettings } from '$lib/bonds/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends, url }) => {
	depends(topic('choose'));
	depends(topic('parties'));
	const query = { from: url.searchParams.get('from'), to: url.searchParams.get('to') };
	const [board, settings] = await Promise.all([
		get<BondBoard>('/choose/bonds', { query }),
		getVersioned<BondSettings>('/choose/bonds/settings')
	]);
	return { board, settings };
};
