import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import { mayAnswer, type Outcome, type Request } from '$lib/requests/types';
import { current } from '$lib/session.svelte';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends, params }) => {
	depends(topic('parties'));
	const request = await get<Request>(`/requests/${params.id}`);
	const outcome = mayAnswer(current.user?.role) ? await get<Outcome>(`/requests/${params.id}/outcome`) : null;
	return { request, outcome };
};
