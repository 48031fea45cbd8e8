import { get } from '$lib/api/client';
import type { ApiKey } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends('dangol:keys');
	return { keys: await get<ApiKey[]>('/keys') };
};
