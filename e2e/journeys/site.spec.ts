/** The company's website tells of visits: nothing before a visitor agrees, a visit after it, nothing once they take it back. */
import type { BrowserContext, Page } from '@playwright/test';
import { claim } from '../support/account.ts';
import { expect, test } from '../support/dangol.ts';
import { startSite } from '../support/site.ts';

declare global {
	interface Window {
		dangol(what: string, value?: unknown): void;
	}
}

/** What a browser keeps of a page, besides what it has fetched. */
const kept = (page: Page, context: BrowserContext) =>
	Promise.all([
		page.evaluate(() => Object.keys(localStorage).length + Object.keys(sessionStorage).length),
		context.cookies().then((cookies) => cookies.length)
	]).then(([stored, cookies]) => stored + cookies);

test('visits of the website are counted once a visitor agrees, known where they are signed in, and gone when taken back', async ({
	page,
	empty,
	context,
	browser
}) => {
	const owner = await claim(empty);
	await context.addCookies([owner.cookie]);
	const site = await startSite();
	const visitors = await browser.newContext({ locale: 'ko-KR' });
	const private_ = await browser.newContext({ locale: 'en-US' });
	try {
		await page.goto(`${owner.url}/settings/site`);
		await expect(page.getByText('아직 센 방문이 없어요')).toBeVisible();
		await page.getByLabel('홈페이지 방문 세기').check();
		await page.getByLabel('홈페이지 주소').fill('원두.example');
		await page.getByRole('button', { name: '저장' }).click();
		await expect(page.getByLabel('홈페이지 주소')).toHaveAttribute('aria-invalid', 'true');
		await page.getByLabel('홈페이지 주소').fill(site.origin);
		await page.getByRole('button', { name: '저장' }).click();
		const code = page.locator('pre');
		await expect(code).toContainText('/w/dangol.js?banner');
		site.head = await code.innerText();

		const visitor = await visitors.newPage();
		const told: string[] = [];
		visitor.on('request', (request) => {
			if (request.method() === 'POST') told.push(request.postData() ?? '');
		});
		await visitor.goto(`${site.origin}/coffee/12?utm_source=newsletter&utm_campaign=spring`);
		const bar = visitor.getByRole('region', { name: /기록해도 될까요/ });
		await expect(bar).toBeVisible();
		await expect(bar).toContainText('365일');
		expect(await kept(visitor, visitors), 'nothing is stored before anybody agrees').toBe(0);
		expect(told, 'and nothing is told').toEqual([]);

		const first = visitor.waitForResponse((response) => response.request().method() === 'POST');
		await bar.getByRole('button', { name: '동의해요' }).click();
		expect((await first).status()).toBe(204);
		await expect(bar).toBeHidden();
		expect(JSON.parse(told[0] ?? '{}')).toEqual({
			page: '/coffee/12',
			from: '',
			source: 'newsletter',
			medium: '',
			campaign: 'spring',
			fresh: true,
			again: false
		});
		expect(await visitors.cookies(), 'no cookie is ever set').toEqual([]);
		await page.reload();
		await expect(page.getByText('방문 1번, 본 페이지 1쪽이에요.')).toBeVisible();
		await expect(page.getByRole('cell', { name: '/coffee/12' })).toBeVisible();
		await expect(page.getByRole('cell', { name: 'newsletter' })).toBeVisible();

		const hana = await owner.post<{ id: string }>('/parties', { name: '김하나', email: 'hana@example.com' });
		const { token } = await owner.post<{ token: string }>('/site/tokens', { party: hana.id });
		const known = visitor.waitForResponse((response) => response.request().method() === 'POST');
		await visitor.evaluate((signed) => window.dangol('visitor', signed), token);
		expect((await known).status()).toBe(204);
		await page.goto(`${owner.url}/know/customers/${hana.id}`);
		await expect(page.getByText('홈페이지에서 1쪽을 봤어요')).toBeVisible();
		await expect(page.getByText('/coffee/12')).toBeVisible();

		await visitor.evaluate(() => window.dangol('consent', false));
		expect(await kept(visitor, visitors), 'what lay in the browser is gone').toBe(0);
		const before = told.length;
		await visitor.goto(`${site.origin}/about`);
		await expect(bar).toBeVisible();
		await bar.getByRole('button', { name: '거절해요' }).click();
		await expect(bar).toBeHidden();
		await visitor.goto(`${site.origin}/coffee/13`);
		await expect(visitor.getByRole('heading')).toBeVisible();
		await expect(bar, 'who refused is not asked on every page').toBeHidden();
		expect(told.length, 'and nothing more is told').toBe(before);

		await private_.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
		const nobody = await private_.newPage();
		nobody.on('request', (request) => expect(request.method()).toBe('GET'));
		await nobody.goto(site.origin);
		await nobody.evaluate(() => window.dangol('consent', true));
		await expect(nobody.getByRole('region')).toHaveCount(0);
		expect(await kept(nobody, private_), 'a browser that says no is not asked, whatever the page says').toBe(0);
	} finally {
		await Promise.all([visitors.close(), private_.close(), site.stop()]);
	}
});
