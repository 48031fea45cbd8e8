import { get } from '$lib/api/client';
import type { AuditRow } from '$lib/api/operate';
import type { Page } from '$lib/api/types';
import type { PageLoad } from './$types';

const NAMES = ['from', 'to', 'action', 'cursor'] as const;

export const load: PageLoad = async ({ url }) => {
	const asked = { from: '', to: '', action: '', cursor: '' };
	for (const name of NAMES) asked[name] = url.searchParams.get(name) ?? '';
	return { asked, log: await get<Page<AuditRow>>('/audit', { query: asked }) };
};
