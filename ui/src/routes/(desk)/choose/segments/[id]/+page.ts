import { get, getVersioned } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Offer, Segment, SegmentDetail } from '$lib/segments/api';
import type { PageLoad } from './$types';

/** `new` is a segment that is not there yet. */
export const load: PageLoad = async ({ params, depends }) => {
	depends(topic('choose'));
	const [offer, all, saved] = await Promise.all([
		get<Offer>('/choose/segments/offer'),
		get<{ segments: Segment[] }>('/choose/segments'),
		params.id === 'new' ? null : getVersioned<SegmentDetail>(`/choose/segments/${params.id}`)
	]);
	return { offer, segments: all.segments.filter((segment) => segment.id !== params.id), saved };
};
