/** The pictures in the documents, taken of the demo company: `docs/images/{page}-{language}.png`. */
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import type { Account } from '../support/account.ts';
import { cafe24Export } from '../support/cafe24.ts';
import { TODAY, expect, test } from '../support/dangol.ts';

const FOLDER = fileURLToPath(new URL('../../docs/images', import.meta.url));
/** A page of the documents should not wait for its pictures. */
const MOST_BYTES = 300_000;

for (const language of ['ko', 'en']) {
	test(`pictures, ${language}`, async ({ page, desk }) => {
		await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
		await page.addInitScript((lang) => localStorage.setItem('dangol.lang', lang), language);
		for (const [name, place] of Object.entries(await pictured(desk))) {
			await page.goto(desk.url + place);
			await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
			await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
			await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => {
				// The stream of live updates never ends.
			});
			const file = path.join(FOLDER, `${name}-${language}.png`);
			await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
			expect((await stat(file)).size, file).toBeLessThan(MOST_BYTES);
		}
	});
}

async function pictured(owner: Account): Promise<Record<string, string>> {
	const late = await owner.get<{ items: { id: string; name: string | null }[] }>('/parties?late=true&sort=-spend&limit=20');
	const person = late.items.find(({ name }) => name !== null)!;
	const file = await owner.post<{ id: string }>('/imports?name=orders.csv', cafe24Export(TODAY));
	return {
		today: '/',
		customers: '/know/customers',
		card: `/know/customers/${person.id}`,
		leak: '/measure/leak',
		import: `/know/imports/${file.id}?step=columns`
	};
}
