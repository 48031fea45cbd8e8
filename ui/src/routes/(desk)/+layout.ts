import { redirect } from '@sveltejs/kit';
import { ApiError } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import { current, signInPath } from '$lib/session.svelte';
import type { LayoutLoad } from './$types';

/** Nobody sees a page of the desk without a session. */
export const load: LayoutLoad = async ({ url, depends }) => {
	depends(topic('company'));
	try {
		return { session: await current.refresh() };
	} catch (error) {
		if (error instanceof ApiError && error.status === 401) redirect(307, signInPath(url));
		throw error;
	}
};
