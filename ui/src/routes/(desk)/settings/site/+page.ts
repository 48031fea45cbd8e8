import { get, getVersioned } from '$lib/api/client';
import type { Site, SiteFigures } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends('dangol:site');
	const [site, figures] = await Promise.all([getVersioned<Site>('/settings/site'), get<SiteFigures>('/site/figures')]);
	return { site, figures };
};
