import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Claims, Rule, Topic, Wording } from '$lib/consent/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends(topic('company'));
	const [wordings, topics, claims, rules] = await Promise.all([
		get<Wording[]>('/consent/wordings'),
		get<Topic[]>('/consent/topics'),
		get<Claims[]>('/consent/unverified'),
		get<Rule[]>('/rules')
	]);
	return { wordings, topics, claims, rules };
};
