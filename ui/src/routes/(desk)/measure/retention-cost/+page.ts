import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Kotler } from '$lib/api/measure';
import type { PageLoad } from './$types';

const KEYS = ['start', 'repeat', 'avoidable', 'programme_cost', 'saved_share', 'years', 'discount', 'profit'];

/** The inputs stand in the address, so a calculation can be kept and sent to someone. */
export const load: PageLoad = async ({ depends, url }) => {
	depends(topic('measure'));
	const query = Object.fromEntries(KEYS.map((key) => [key, url.searchParams.get(key)]));
	return { kotler: await get<Kotler>('/measure/kotler', { query }) };
};
