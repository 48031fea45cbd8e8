/** A number is a door: it opens the people behind it, and there are as many of them as it said. */
import { expect, test } from '../support/dangol.ts';

const BOARDS = [
	'/',
	'/choose/states',
	'/choose/rfm',
	'/choose/visits',
	'/measure/leak',
	'/measure/value',
	'/measure/retention-cost',
	'/measure/costs'
];
/** Doors to numbers that were once only printed. */
const DOORS = ['kept_since', 'lost_since', 'bought_from', 'store', 'staff', 'days_min'];
const LIST = '/know/customers?';

test('every number opens as many people as it says', async ({ page, desk, isMobile }) => {
	test.skip(isMobile, 'the same numbers at every width');
	test.setTimeout(180_000);
	let doors = 0;
	const seen = new Set<string>();
	for (const board of BOARDS) {
		await page.goto(desk.url + board);
		await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
		const links = page.locator(`main a[href^="${LIST}"]`);
		await expect(links.first()).toBeVisible();
		for (const link of await links.all()) {
			const said = /([\d,]+)(?:명|$)/m.exec(await link.innerText())?.[1];
			if (said === undefined) continue;
			const query = (await link.getAttribute('href'))!.slice(LIST.length);
			const { count } = await desk.get<{ count: number }>(`/parties/summary?${query}`);
			expect.soft(count, `${board}: ${query}`).toBe(Number(said.replaceAll(',', '')));
			doors += 1;
			for (const name of new URLSearchParams(query).keys()) seen.add(name);
		}
	}
	expect([...seen]).toEqual(expect.arrayContaining(DOORS));
	expect(doors).toBeGreaterThan(60);
});
