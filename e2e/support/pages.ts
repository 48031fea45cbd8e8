/** Every page of the desk. */
import { cafe24Export } from './cafe24.ts';
import type { Account } from './account.ts';
import { TODAY } from './server.ts';

const PLACES = [
	'/',
	'/know/customers',
	'/know/customers?late=true&contacted=false',
	'/know/customers?enter=person',
	'/know/markets',
	'/know/imports',
	'/know/imports/new',
	'/choose/states',
	'/choose/rfm',
	'/choose/visits',
	'/choose/vip',
	'/choose/bonds',
	'/choose/accounts',
	'/choose/quality',
	'/measure/leak',
	'/measure/value',
	'/measure/retention-cost',
	'/measure/costs',
	'/settings/company',
	'/settings/fields',
	'/settings/shops',
	'/settings/site'
];

/** Their addresses; brings in what a page needs to have something to show. */
export async function places(owner: Account): Promise<string[]> {
	const late = await owner.get<{ items: { id: string }[] }>('/parties?late=true&sort=-spend&limit=1');
	const person = late.items[0]?.id ?? '';
	const file = await owner.post<{ id: string }>('/imports?name=orders.csv', cafe24Export(TODAY));
	const steps = ['format', 'columns'].map((step) => `/know/imports/${file.id}?step=${step}`);
	return [...PLACES, `/know/customers?open=${person}`, `/know/customers/${person}`, ...steps];
}
