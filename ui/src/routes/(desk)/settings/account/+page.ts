import { get } from '$lib/api/client';
import type { Factor, Identity, OwnSession, Passkeys, SsoOffer } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends('dangol:account');
	const [sessions, factor, passkeys, identities, sso] = await Promise.all([
		get<OwnSession[]>('/sessions'),
		get<Factor>('/session/factor'),
		get<Passkeys>('/session/passkeys'),
		get<Identity[]>('/session/identities'),
		get<SsoOffer>('/session/sso')
	]);
	return { sessions, factor, passkeys, identities, sso: sso.name ?? null };
};
