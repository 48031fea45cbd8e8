import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Merge, Page, Proposal, ProposalCounts, ProposalState } from '$lib/api/types';
import type { PageLoad } from './$types';

const STATES: ProposalState[] = ['open', 'waiting', 'dismissed', 'merged'];
const PAIRS = 20;

export const load: PageLoad = async ({ depends, url }) => {
	depends(topic('parties'));
	const asked = url.searchParams.get('state') as ProposalState;
	const state = STATES.includes(asked) ? asked : 'open';
	const cursor = url.searchParams.get('cursor');
	const counts = get<ProposalCounts>('/parties/proposals/counts');
	if (state === 'merged') {
		const merges = await get<Page<Merge>>('/merges', { query: { cursor } });
		return { state, counts: await counts, merges, page: null };
	}
	const page = await get<Page<Proposal>>('/parties/proposals', { query: { state, cursor, limit: PAIRS } });
	return { state, counts: await counts, merges: null, page };
};
