import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Leak } from '$lib/api/measure';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends(topic('measure'));
	return { leak: await get<Leak>('/measure/leak') };
};
