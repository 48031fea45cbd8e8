import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Value } from '$lib/api/measure';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends(topic('measure'));
	return { value: await get<Value>('/measure/value') };
};
