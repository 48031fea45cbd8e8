import { get } from '$lib/api/client';
import type { Webhook } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends('dangol:webhooks');
	return { hooks: await get<Webhook[]>('/webhooks') };
};
