import { redirect } from '@sveltejs/kit';
import { ApiError, get } from '$lib/api/client';
import type { SsoOffer } from '$lib/api/types';
import { current, wayBack } from '$lib/session.svelte';
import type { PageLoad } from './$types';

/** Someone signed in has nothing to do here; a fresh installation is told about its one-time link. */
export const load: PageLoad = async ({ url }) => {
	const setup = await current.refresh().then(
		() => null,
		(error: unknown) => (error instanceof ApiError ? (error.problem.setup ?? 'sign_in') : 'sign_in')
	);
	if (setup === null) redirect(307, wayBack(url));
	const sso = await get<SsoOffer>('/session/sso').catch(() => null);
	return { setup, sso: sso?.name ?? null, only: sso?.only ?? false };
};
