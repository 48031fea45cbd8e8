import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Page } from '$lib/api/types';
import type { Request } from '$lib/requests/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends, url }) => {
	depends(topic('parties'));
	const closed = url.searchParams.get('closed') === 'true';
	const cursor = url.searchParams.get('cursor');
	const page = await get<Page<Request>>('/requests', { query: { closed: closed || null, cursor } });
	return { closed, page };
};
