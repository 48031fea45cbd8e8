/** What people and files call themselves is text, wherever it is shown. */
import { type Account, claim } from '../support/account.ts';
import { expect, test } from '../support/dangol.ts';
import { deskPages } from '../support/desk.ts';
import { PAYLOADS } from '../support/payloads.ts';

/** Requests on their way at once. */
const TOGETHER = 8;
/** What the browser is given for each page, beside its loading: scripts that would run have run by then. */
const MOMENT_MS = 50;

test('two hundred names that would be code stay text on every page', async ({ page, context, fresh, faults }) => {
	test.setTimeout(900_000);
	expect(new Set(PAYLOADS).size).toBe(200);
	context.on('dialog', (dialog) => {
		faults.push(`a name ran: ${dialog.message()}`);
		void dialog.dismiss();
	});
	// A company of its own: other tests read every word of the shared one.
	const desk = await claim(fresh);
	await context.addCookies([desk.cookie]);
	const people = await entered(desk);
	const places = await elsewhere(desk, people[0]!.id);

	for (const { id, name } of people) {
		await page.goto(`${desk.url}/know/customers/${id}`);
		await expect(page.getByRole('heading', { level: 1 })).toContainText(name);
		await page.waitForTimeout(MOMENT_MS);
	}
	for (const place of places) {
		await page.goto(desk.url + place);
		await expect(page.getByRole('heading', { level: 1 }).first(), place).toBeVisible();
		await page.waitForTimeout(MOMENT_MS);
	}
});

/** A customer for each, with a memo and an order that are called the same. */
async function entered(desk: Account): Promise<{ id: string; name: string }[]> {
	const people: { id: string; name: string }[] = [];
	for (let from = 0; from < PAYLOADS.length; from += TOGETHER) {
		const some = PAYLOADS.slice(from, from + TOGETHER).map(async (name) => {
			const { id } = await desk.post<{ id: string }>('/parties', { name, note: name });
			const lines = [{ product: name, amount_minor: 9_000_000 }];
			await desk.post('/orders', { party: id, store: name, lines });
			return { id, name };
		});
		people.push(...(await Promise.all(some)));
	}
	return people;
}

/** Everything else that has a name gets one; gives every page of the desk, and the lists by their hostile questions. */
async function elsewhere(desk: Account, party: string): Promise<string[]> {
	const [name] = PAYLOADS.slice(1);
	const file = Buffer.from('주문번호,결제일시,주문자ID\n1,2026-11-01,a\n');
	const imported = await desk.post<{ id: string }>(`/imports?name=${encodeURIComponent(name!)}`, file);
	const segment = await desk.post<{ id: string }>('/choose/segments', { name, text: 'orders >= 1' });
	await desk.post('/teams', { name });
	await desk.post('/keys', { name, scopes: ['customers:read'] });
	await desk.post('/event-kinds', { code: 'tasting', name });
	await desk.post('/measure/costs', {
		kind: 'acquisition',
		month: '2026-10',
		amount: { currency: 'KRW', amount_minor: 1000 },
		medium: name,
		note: name
	});
	await desk.post('/users', { name, email: 'guest@example.com', role: 'staff' });
	const ids: Record<string, string> = { customers: party, imports: imported.id, segments: segment.id };
	const filled = (place: string): string =>
		place.replace(/\/([^/]+)\/\[[^\]]+\]/g, (_, noun: string) => `/${noun}/${ids[noun] ?? 'none'}`);
	const pages = deskPages().map(filled);
	const asked = PAYLOADS.filter((_, place) => place % 20 === 0);
	return [...pages, ...asked.map((text) => `/know/customers?q=${encodeURIComponent(text)}`)];
}
