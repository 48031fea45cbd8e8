import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Import, Page } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends, url }) => {
	depends(topic('imports'));
	return { page: await get<Page<Import>>('/imports', { query: { cursor: url.searchParams.get('cursor') } }) };
};
