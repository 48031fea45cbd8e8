/** Every page, light and dark, in both languages: open to everyone, in words, and no wider than the screen. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/dangol.ts';
import { places } from '../support/pages.ts';
import { inKorean, inWords } from '../support/words.ts';

const LOOKS = [
	{ theme: 'light', language: 'ko' },
	{ theme: 'dark', language: 'en' }
] as const;

for (const { theme, language } of LOOKS) {
	test(`every page, ${theme}, ${language}`, async ({ page, desk }) => {
		test.setTimeout(480_000);
		await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
		await page.addInitScript((lang) => localStorage.setItem('dangol.lang', lang), language);
		for (const place of await places(desk)) {
			await test.step(place, async () => {
				await page.goto(desk.url + place);
				await settled(page);
				await expect(page.locator('html')).toHaveAttribute('lang', language);
				await inWords(page);
				if (language === 'ko') await inKorean(page);
				await expect.soft(await violations(page), place).toEqual([]);
				expect.soft(await overflow(page), `${place}: pixels that stand out to the right`).toBe(0);
			});
		}
	});
}

/** The heading is there, and nothing says that it is still being loaded. */
async function settled(page: Page): Promise<void> {
	await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
	await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
	await page.waitForLoadState('networkidle', { timeout: 400 }).catch(() => {
		// The stream of live updates never ends.
	});
}

async function violations(page: Page): Promise<string[]> {
	const { violations: found } = await new AxeBuilder({ page }).analyze();
	return found.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}

const overflow = (page: Page): Promise<number> =>
	page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
