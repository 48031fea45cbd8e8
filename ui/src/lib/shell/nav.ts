/** The places of the desk. Verbs appear here once they are built; `key` follows `g`. */
import ChartNoAxesColumn from '@lucide/svelte/icons/chart-no-axes-column';
import ListFilter from '@lucide/svelte/icons/list-filter';
import Settings from '@lucide/svelte/icons/settings';
import Sun from '@lucide/svelte/icons/sun';
import Users from '@lucide/svelte/icons/users';
import type { Component } from 'svelte';
import type { Words } from '$lib/i18n/ko';

export interface Place {
	href: string;
	label: (t: Words) => string;
	icon: Component<{ size?: number; 'aria-hidden'?: 'true' }>;
	/** Paths under which this place is the current one. */
	under: string;
	key?: string;
	pages?: { href: string; label: (t: Words) => string }[];
}

export const PLACES: Place[] = [
	{ href: '/', under: '/', key: 't', label: (t) => t.shell.today, icon: Sun as Place['icon'] },
	{
		href: '/know/customers',
		under: '/know',
		key: 'k',
		label: (t) => t.shell.know,
		icon: Users as Place['icon'],
		pages: [
			{ href: '/know/customers', label: (t) => t.shell.customers },
			{ href: '/know/markets', label: (t) => t.shell.markets },
			{ href: '/know/follow-ups', label: (t) => t.shell.followUps },
			{ href: '/know/questions', label: (t) => t.shell.questions },
			{ href: '/know/duplicates', label: (t) => t.shell.duplicates },
			{ href: '/know/notices', label: (t) => t.consent.notices },
			{ href: '/know/imports', label: (t) => t.shell.imports },
			{ href: '/know/requests', label: (t) => t.shell.requests },
			{ href: '/know/quality', label: (t) => t.shell.dataQuality }
		]
	},
	{
		href: '/choose/states',
		under: '/choose',
		key: 'c',
		label: (t) => t.shell.choose,
		icon: ListFilter as Place['icon'],
		pages: [
			{ href: '/choose/states', label: (t) => t.shell.states },
			{ href: '/choose/segments', label: (t) => t.shell.segments },
			{ href: '/choose/rfm', label: (t) => t.shell.rfm },
			{ href: '/choose/visits', label: (t) => t.shell.visits },
			{ href: '/choose/vip', label: (t) => t.shell.vip },
			{ href: '/choose/bonds', label: (t) => t.shell.bonds },
			{ href: '/choose/accounts', label: (t) => t.shell.accounts },
			{ href: '/choose/quality', label: (t) => t.shell.quality }
		]
	},
	{
		href: '/measure/leak',
		under: '/measure',
		key: 'm',
		label: (t) => t.shell.measure,
		icon: ChartNoAxesColumn as Place['icon'],
		pages: [
			{ href: '/measure/leak', label: (t) => t.shell.leak },
			{ href: '/measure/retention-cost', label: (t) => t.shell.kotler },
			{ href: '/measure/costs', label: (t) => t.shell.economics },
			{ href: '/measure/value', label: (t) => t.shell.value }
		]
	}
];

export const SETTINGS: Place = {
	href: '/settings',
	under: '/settings',
	label: (t) => t.shell.settings,
	icon: Settings as Place['icon']
};

export const isUnder = (place: Place, pathname: string): boolean =>
	place.under === '/' ? pathname === '/' : pathname.startsWith(place.under);
