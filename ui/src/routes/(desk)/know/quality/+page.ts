import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { QualityReport } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends(topic('parties'));
	return { report: await get<QualityReport>('/quality') };
};
