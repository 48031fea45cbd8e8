import { get, getVersioned } from '$lib/api/client';
import type { AccessSettings, Team, User } from '$lib/api/types';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
	depends('dangol:staff');
	const [users, teams, access] = await Promise.all([
		get<User[]>('/users'),
		get<Team[]>('/teams'),
		getVersioned<AccessSettings>('/settings/access')
	]);
	return { users, teams, access };
};
