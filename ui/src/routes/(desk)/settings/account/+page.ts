import { get } from '$lib/api/client';
import type { Factor, OwnSession } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends('dangol:account');
	const [sessions, factor] = await Promise.all([get<OwnSession[]>('/sessions'), get<Factor>('/session/factor')]);
	return { sessions, factor };
};
