import { getVersioned } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Company } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends(topic('company'));
	return { company: await getVersioned<Company>('/company') };
};
