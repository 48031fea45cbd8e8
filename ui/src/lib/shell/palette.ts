/** What the palette offers for a query: places and actions at once, people and orders from the server. */
import type { PartyRow, SearchResult } from '$lib/api/types';
import type { Words } from '$lib/i18n/ko';
import { nameOf } from '$lib/people';
import { PLACES, SETTINGS } from './nav';

export interface Choice {
	id: string;
	group: 'people' | 'orders' | 'go' | 'do';
	label: string;
	detail?: string;
	href: string;
	party?: PartyRow;
}

const pages = (t: Words) =>
	[...PLACES, SETTINGS]
		.flatMap((place) => place.pages ?? [{ href: place.href, label: place.label }])
		.map((page) => ({
			id: `go ${page.href}`,
			group: 'go' as const,
			label: page.label(t),
			href: page.href
		}));

const actions = (t: Words): Choice[] => [
	{ id: 'do customer', group: 'do', label: t.shell.newCustomer, href: '/know/customers?enter=person' },
	{ id: 'do import', group: 'do', label: t.shell.newImport, href: '/know/imports/new' },
	{ id: 'do order', group: 'do', label: t.entry.actions.order, href: '/know/customers?enter=order' },
	{ id: 'do visit', group: 'do', label: t.entry.actions.visit, href: '/know/customers?enter=visit' },
	{ id: 'do cost', group: 'do', label: t.entry.actions.cost, href: '/measure/costs?enter=cost' }
];

/** Pages and actions whose words contain the query; all of them for an empty one. */
export function local(t: Words, query: string): Choice[] {
	const wanted = query.trim().toLocaleLowerCase();
	return [...pages(t), ...actions(t)].filter((choice) => choice.label.toLocaleLowerCase().includes(wanted));
}

/** The server's answer as choices; `order` writes the second line of an order. */
export function found(t: Words, result: SearchResult, order: (o: SearchResult['orders'][number]) => string): Choice[] {
	const people = result.parties.map((party) => ({
		id: party.id,
		group: 'people' as const,
		label: nameOf(t, party),
		detail: party.name ? party.handle : undefined,
		href: `/know/customers/${party.id}`,
		party
	}));
	const orders = result.orders.map((o) => ({
		id: `order ${o.source} ${o.order_no}`,
		group: 'orders' as const,
		label: o.order_no,
		detail: order(o),
		href: o.party ? `/know/customers/${o.party.id}` : '/know/customers'
	}));
	return [...people, ...orders];
}
