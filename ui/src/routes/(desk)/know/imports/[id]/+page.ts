import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { CustomField, Import } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends }) => {
	depends(topic('imports'), 'dangol:fields');
	const [item, fields] = await Promise.all([
		get<Import>(`/imports/${params.id}`),
		get<CustomField[]>('/custom-fields')
	]);
	return { item, fields };
};
