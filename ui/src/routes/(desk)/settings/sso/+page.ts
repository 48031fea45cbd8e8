import { getVersioned } from '$lib/api/client';
import type { Sso } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends('dangol:sso');
	return { sso: await getVersioned<Sso>('/settings/sso') };
};
