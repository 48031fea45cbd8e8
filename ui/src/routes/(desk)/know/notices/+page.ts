import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Notice } from '$lib/consent/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends(topic('parties'));
	return { notices: await get<Notice[]>('/consent/notices') };
};
