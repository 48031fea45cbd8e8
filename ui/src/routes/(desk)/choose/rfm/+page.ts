import { get } from '$lib/api/client';
import type { RfmAnswer } from '$lib/api/choose';
import { topic } from '$lib/api/live.svelte';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends(topic('choose'));
	depends(topic('parties'));
	return { rfm: await get<RfmAnswer>('/choose/rfm') };
};
