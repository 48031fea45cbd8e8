import { get } from '$lib/api/client';
import { topic } from '$lib/api/live.svelte';
import type { CustomField, Page, PartyRow } from '$lib/api/types';
import { DEFAULT_SORT } from '$lib/customers/columns';
import { askedOf, filtersOf } from '$lib/customers/filters';
import { PAGE } from '$lib/customers/rows.svelte';
import type { PageLoad } from './$types';

/** Depends on the filters and the order only: opening someone beside the list does not load it again. */
export const load: PageLoad = async ({ url, depends }) => {
	depends(topic('parties'));
	const filters = filtersOf(url.searchParams);
	const sort = url.searchParams.get('sort') ?? DEFAULT_SORT;
	const asked = askedOf(filters);
	const query = { ...asked, sort };
	const [first, fields] = await Promise.all([
		get<Page<PartyRow>>('/parties', { query: { ...query, limit: PAGE } }),
		get<CustomField[]>('/custom-fields')
	]);
	return { filters, asked, sort, query, first, fields };
};
