import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Cost, Economics } from '$lib/api/measure';
import type { Page } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends, url }) => {
	depends(topic('measure'));
	const [costs, economics] = await Promise.all([
		get<Page<Cost>>('/measure/costs', { query: { cursor: url.searchParams.get('cursor') } }),
		get<Economics>('/measure/economics')
	]);
	return { costs, economics };
};
