import { get } from '$lib/api/client';
import type { Factor, OwnSession, Passkeys } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends('dangol:account');
	const [sessions, factor, passkeys] = await Promise.all([
		get<OwnSession[]>('/sessions'),
		get<Factor>('/session/factor'),
		get<Passkeys>('/session/passkeys')
	]);
	return { sessions, factor, passkeys };
};
