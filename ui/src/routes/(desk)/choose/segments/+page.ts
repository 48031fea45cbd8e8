import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Segment } from '$lib/segments/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends(topic('choose'));
	depends(topic('parties'));
	return get<{ segments: Segment[] }>('/choose/segments');
};
