import { get } from '$lib/api/client';
import type { Claim } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ url }) => {
	const token = url.searchParams.get('token') ?? '';
	const claim = token ? await get<Claim>('/session/claim', { query: { token } }).catch(() => null) : null;
	return { token, claim };
};
