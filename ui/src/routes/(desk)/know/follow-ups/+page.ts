import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { FollowUp, Page } from '$lib/api/types';
import type { PageLoad } from './$types';

const VIEWS = ['due', 'ahead', 'done'] as const;
export type View = (typeof VIEWS)[number];
const QUERIES: Record<View, Record<string, string>> = {
	due: { due: 'true' },
	ahead: { state: 'open', due: 'false' },
	done: { state: 'done' }
};

export const load: PageLoad = async ({ depends, url }) => {
	depends(topic('parties'));
	const asked = url.searchParams.get('view') as View;
	const view = VIEWS.includes(asked) ? asked : 'due';
	const cursor = url.searchParams.get('cursor');
	const page = await get<Page<FollowUp>>('/follow-ups', { query: { ...QUERIES[view], cursor } });
	return { view, page };
};
