import { getVersioned } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { VipBoard } from '$lib/vip/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends(topic('choose'));
	depends(topic('parties'));
	return { board: await getVersioned<VipBoard>('/choose/vip') };
};
