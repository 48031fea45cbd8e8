import { get, getVersioned, post } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import { filtersOf } from '$lib/customers/filters';
import type { Asked, Given, Offer, Segment, SegmentDetail } from '$lib/segments/api';
import type { PageLoad } from './$types';

/** What a new segment begins with: `list` has the filters of a list of customers, `rule` the text of a rule. */
async function given(params: URLSearchParams): Promise<Given | null> {
	const [list, rule] = [params.get('list'), params.get('rule')];
	if (list !== null) {
		const asked = new URLSearchParams(list);
		const said = await get<Omit<Given, 'filters'>>('/choose/segments/from-list', { query: Object.fromEntries(asked) });
		return { ...said, filters: filtersOf(asked) };
	}
	if (rule === null) return null;
	const text = { text: rule, rule: null, left_out: [], filters: {} };
	return post<Asked>('/choose/segments/ask', { text: rule }).then(
		(asked) => ({ ...text, rule: asked.rule }),
		() => text
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
