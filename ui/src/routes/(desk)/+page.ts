import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Today } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends(topic('today'));
	return { today: await get<Today>('/today') };
};
