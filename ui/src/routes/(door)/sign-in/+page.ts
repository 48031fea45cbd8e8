import { redirect } from '@sveltejs/kit';
import { ApiError } from '$lib/api/client';
import { current, wayBack } from '$lib/session.svelte';
import type { PageLoad } from './$types';

/** Someone signed in has nothing to do here; a fresh installation is told about its one-time link. */
export const load: PageLoad = async ({ url }) => {
	const setup = await current.refresh().then(
		() => null,
		(error: unknown) => (error instanceof ApiError ? (error.problem.setup ?? 'sign_in') : 'sign_in')
	);
	if (setup === null) redirect(307, wayBack(url));
	return { setup };
};
