import { get } from '$lib/api/client';
import type { CustomField } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends('dangol:fields');
	return { fields: await get<CustomField[]>('/custom-fields') };
};
