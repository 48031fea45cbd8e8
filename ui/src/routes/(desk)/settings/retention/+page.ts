import { get, getVersioned } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Destruction, Periods } from '$lib/api/operate';
import type { Page } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends, url }) => {
	depends(topic('company'));
	const cursor = url.searchParams.get('cursor');
	const [periods, report] = await Promise.all([
		getVersioned<Periods>('/retention'),
		get<Page<Destruction>>('/retention/report', { query: { cursor } })
	]);
	return { periods, report };
};
