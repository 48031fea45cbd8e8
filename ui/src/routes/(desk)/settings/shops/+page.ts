import { get } from '$lib/api/client';
import type { Shop } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends('dangol:shops');
	return { shops: await get<Shop[]>('/shops') };
};
