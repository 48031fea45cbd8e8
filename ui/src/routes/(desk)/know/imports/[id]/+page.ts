import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Import } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends }) => {
	depends(topic('imports'));
	return { item: await get<Import>(`/imports/${params.id}`) };
};
