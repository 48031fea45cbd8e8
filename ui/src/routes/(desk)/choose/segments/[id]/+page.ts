import { get, getVersioned, post } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Asked, Given, Offer, Segment, SegmentDetail } from '$lib/segments/api';
import type { PageLoad } from './$types';

/** What a new segment begins with: a board's cell comes as the text of its rule. */
async function given(params: URLSearchParams): Promise<Given | null> {
	const text = params.get('rule');
	if (text === null) return null;
	return post<Asked>('/choose/segments/ask', { text }).then(
		({ rule }) => ({ text, rule }),
		() => ({ text, rule: null })
	);
}

/** `new` is a segment that is not there yet. */
export const load: PageLoad = async ({ params, url, depends }) => {
	depends(topic('choose'));
	const isNew = params.id === 'new';
	const [offer, all, saved, begin] = await Promise.all([
		get<Offer>('/choose/segments/offer'),
		get<{ segments: Segment[] }>('/choose/segments'),
		isNew ? null : getVersioned<SegmentDetail>(`/choose/segments/${params.id}`),
		isNew ? given(url.searchParams) : null
	]);
	return { offer, segments: all.segments.filter((segment) => segment.id !== params.id), saved, begin };
};
