/**
 * A messy base made clean, and what the law asks of it: duplicates with the reason, a merge and its undoing; an access
 * request answered; somebody erased. (That a clerk sees phones masked stands in `people`.)
 */
import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { type Account, claim } from '../support/account.ts';
import { expect, test } from '../support/dangol.ts';
import { watch } from '../support/watch.ts';
import { inKorean, inWords } from '../support/words.ts';

/** Somebody entered twice, once with a slip of the finger in the phone number; and somebody who wants to be forgotten. */
const MESSY = [
	'고객번호,이름,휴대전화,이메일,주문일,주문번호,상품명,결제금액',
	'P1,노을빛,010-3141-5926,noeul@example.com,2026-10-02,Q-1,드립백 세트,18000',
	'P2,노을빛,010-3141-5927,,2026-10-20,Q-2,원두 200그램,15000',
	'P3,차오름,010-2718-2818,oreum@example.com,2026-10-05,Q-3,머그컵,12000'
].join('\n');

test('a messy base is cleaned, an access request answered, somebody erased', async ({ page, context, empty, browser }) => {
	test.setTimeout(180_000);
	const owner = await claim(empty);
	await context.addCookies([owner.cookie]);
	const own = await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 844 } });
	const faults = await watch(own);
	const member = await own.newPage();

	await test.step('import the file', async () => {
		await page.goto(`${owner.url}/know/imports/new`);
		const file = { name: '손님 명단.csv', mimeType: 'text/csv', buffer: Buffer.from(MESSY) };
		await page.locator('input[type=file]').setInputFiles(file);
		await page.getByRole('link', { name: '다음' }).click();
		await expect(page.getByRole('heading', { level: 1 })).toHaveText('어느 칸이 무엇인가요?');
		await page.getByRole('link', { name: '다음' }).click();
		await page.getByRole('button', { name: /줄 가져오기/ }).click();
		await expect(page.getByRole('heading', { level: 1 })).toHaveText('다 가져왔어요', { timeout: 60_000 });
	});

	await test.step('see why two were proposed, merge them, and take it back', async () => {
		await owner.post('/parties/proposals/search', {});
		const pair = page.getByRole('article').filter({ hasText: '노을빛' });
		await expect(async () => {
			await page.goto(`${owner.url}/know/duplicates`);
			await expect(pair).toHaveCount(1, { timeout: 2_000 });
		}).toPass({ timeout: 60_000 });
		await expect(pair).toContainText('이름이 같아요');
		await expect(pair).toContainText('전화번호가 비슷해요');
		await pair.getByRole('button', { name: '합치기' }).click();
		await expect(pair).toHaveCount(0);
		expect(await named(owner, '노을빛')).toHaveLength(1);
		await page.getByRole('button', { name: '되돌리기' }).click();
		await expect(pair).toHaveCount(1);
		expect(await named(owner, '노을빛')).toHaveLength(2);
	});

	const [asking] = await named(owner, '차오름');
	const { path } = await owner.post<{ path: string }>(`/parties/${asking}/member-link`, {});
	await test.step('a customer asks to see their data, on their own page, in English', async () => {
		await member.goto(`${owner.url}${path}?lang=en`);
		await expect(member.getByRole('heading', { name: 'Your rights' })).toBeVisible();
		await expect(member.getByText('010-****-2818')).toBeVisible();
		await member.getByRole('radio', { name: 'Show me my data' }).check();
		await member.getByLabel('Anything to add').fill('메일로 주세요');
		await member.getByRole('button', { name: 'Send request' }).click();
		await expect(member.getByRole('status')).toHaveText('We got your request.');
		await expect(member.getByText(/We answer by \d{4}-\d{2}-\d{2} at the latest/)).toBeVisible();
		await expect(member.getByText('We check first that it is you')).toBeVisible();
		await open(member);
	});

	await test.step('answer an access request', async () => {
		await page.goto(`${owner.url}/know/requests`);
		await page.getByRole('link', { name: '차오름' }).click();
		await expect(page.getByText('고객이 직접 적었어요')).toBeVisible();
		await expect(page.getByText('메일로 주세요')).toBeVisible();
		await expect(page.getByRole('button', { name: '자료 만들기' })).toHaveCount(0);
		await page.getByRole('button', { name: '확인했어요' }).click();
		await page.getByRole('button', { name: '자료 만들기' }).click();
		await inKorean(page);
		const link = page.getByRole('link', { name: '내려받기' });
		const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
		expect((await readFile((await file.path())!)).subarray(0, 2).toString()).toBe('PK');
		await page.getByRole('button', { name: '예문 넣기' }).click();
		await page.getByRole('button', { name: '답했어요' }).click();
		await expect(page.getByText('index.html을 열면')).toBeVisible();
		await expect(page.getByRole('button', { name: '거절하기' })).toHaveCount(0);
		await inWords(page);
		await member.goto(`${owner.url}${path}?lang=ko`);
		await expect(member.getByText('답해 드렸어요')).toBeVisible();
		await expect(member.getByText('index.html을 열면')).toBeVisible();
		await open(member);
	});

	await test.step('erase somebody, and find nothing of them', async () => {
		const [person] = await named(owner, '차오름');
		await page.goto(`${owner.url}/know/customers/${person}`);
		await write(page, '삭제');
		await page.getByRole('button', { name: '확인했어요' }).click();
		await expect(page.getByText('전자상거래법: 계약과 결제 기록 5년')).toBeVisible();
		await page.getByRole('button', { name: '지우기', exact: true }).click();
		await page.getByRole('button', { name: '모두 지우기' }).click();
		await expect(page.getByText('삭제한 고객')).toBeVisible({ timeout: 60_000 });
		await page.getByRole('button', { name: '예문 넣기' }).click();
		await page.getByRole('button', { name: '답했어요' }).click();
		await expect(page.getByText('답했어요').first()).toBeVisible();
		await inKorean(page);
		await inWords(page);
		expect(await named(owner, '차오름')).toEqual([]);
		expect((await own.request.get(owner.url + path)).status()).toBe(404);
		await page.goto(`${owner.url}/know/customers?q=2818`);
		await expect(page.getByText('차오름')).toHaveCount(0);
	});

	expect(faults).toEqual([]);
	await own.close();
});

/** The page is open to everyone, and no wider than the screen. */
async function open(page: Page): Promise<void> {
	const { violations } = await new AxeBuilder({ page }).analyze();
	expect(violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.failureSummary}`))).toEqual([]);
	expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
}

/** The ids of everyone whom the search finds under a name. */
async function named(owner: Account, name: string): Promise<string[]> {
	const { items } = await owner.get<{ items: { id: string; name: string }[] }>(`/parties?q=${encodeURIComponent(name)}`);
	return items.filter((person) => person.name === name).map((person) => person.id);
}

/** Writes a request of a kind down from the customer's card; ends on its page. */
async function write(page: Page, kind: string): Promise<void> {
	await page.getByRole('button', { name: '요청 받았어요' }).click();
	await page.getByLabel('무엇을 요청했나요?').selectOption({ label: kind });
	await page.getByLabel('어떻게 받았나요?').selectOption({ label: '전화' });
	await page.getByRole('button', { name: '적기', exact: true }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(kind);
}
