import { get } from '$lib/api/client';
import type { Visits } from '$lib/api/choose';
import { topic } from '$lib/api/live.svelte';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends(topic('choose'));
	depends(topic('parties'));
	return { visits: await get<Visits>('/choose/visits') };
};
