import { get } from '$lib/api/client';
import type { OwnSession } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends('dangol:account');
	return { sessions: await get<OwnSession[]>('/sessions') };
};
