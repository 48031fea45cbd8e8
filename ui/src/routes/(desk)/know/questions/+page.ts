import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { Question, QuestionResults } from '$lib/api/types';
import type { PageLoad } from './$types';

/** Whoever serves at the counter sees the questions, and no figures. */
export const load: PageLoad = async ({ depends }) => {
	depends(topic('parties'));
	const results = get<QuestionResults>('/questions/results').catch(() => null);
	return { questions: await get<Question[]>('/questions'), results: await results };
};
