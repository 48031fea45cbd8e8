import { getVersioned } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Backups } from '$lib/api/operate';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends(topic('today'));
	return { backups: await getVersioned<Backups>('/backups') };
};
