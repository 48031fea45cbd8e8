import { getVersioned } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Mail } from '$lib/consent/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends(topic('company'));
	return { mail: await getVersioned<Mail>('/settings/mail') };
};
