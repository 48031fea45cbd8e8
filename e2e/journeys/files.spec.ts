/** What goes out: lists as files, and the rows an import could not read. And what is kept: views. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { claim } from '../support/account.ts';
import { cafe24Export } from '../support/cafe24.ts';
import { TODAY, expect, test } from '../support/dangol.ts';

const BROKEN = 3;

test('a list leaves as CSV and as a workbook', async ({ page, desk }) => {
	const { count } = await desk.get<{ count: number }>('/parties/summary?late=true');
	await page.goto(`${desk.url}/know/customers?late=true`);
	const csv = await download(page, 'CSV');
	expect(csv.subarray(0, 3)).toEqual(Buffer.of(0xef, 0xbb, 0xbf));
	expect(csv.toString('utf8').trimEnd().split('\r\n')).toHaveLength(count + 1);
	const workbook = await download(page, '엑셀');
	expect(workbook.subarray(0, 2).toString()).toBe('PK');
});

test('rows that could not be read are listed with their lines, and leave as a file', async ({ page, desk }) => {
	await page.goto(`${desk.url}/know/imports/new`);
	const file = { name: '고칠 주문.csv', mimeType: 'text/csv', buffer: cafe24Export(TODAY, BROKEN) };
	await page.locator('input[type=file]').setInputFiles(file);
	await page.getByRole('link', { name: '다음' }).click();
	await page.getByRole('button', { name: /줄 가져오기|그래도 가져오기/ }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('다 가져왔어요', { timeout: 30_000 });
	await expect(page.getByRole('heading', { name: `못 읽은 줄 ${BROKEN}개` })).toBeVisible();
	const [faults] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '못 읽은 줄 내려받기' }).click()]);
	const text = await readFile((await faults.path())!, 'utf8');
	expect(text.match(/언젠가/g)?.length).toBeGreaterThanOrEqual(BROKEN);
});

test('a column that nothing is read from becomes a field of the company, and comes with the file', async ({
	page,
	context,
	empty
}) => {
	const owner = await claim(empty);
	await context.addCookies([owner.cookie]);
	const list = '이름,휴대폰,성별,가입일\n노을빛,010-3141-5926,여,2024-05-01\n차오름,010-2718-2818,남,2025-01-20';
	await page.goto(`${owner.url}/know/imports/new`);
	const file = { name: '회원.csv', mimeType: 'text/csv', buffer: Buffer.from(list) };
	await page.locator('input[type=file]').setInputFiles(file);
	await expect(page).toHaveURL(/\/know\/imports\/imp_/);
	await page.goto(`${page.url().split('?')[0]}?step=columns`);
	await expect(page.getByRole('button', { name: /가입일/ })).toBeVisible();
	await page.getByRole('button', { name: '‘성별’ 칸을 추가 항목으로' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('종류').selectOption({ label: '고르기' });
	await expect(dialog.getByLabel('선택지')).toHaveValue('여\n남');
	await dialog.getByRole('button', { name: '저장' }).click();
	await expect(page.getByRole('table')).toContainText('성별: 여');
	await page.getByRole('link', { name: '다음' }).click();
	await page.getByRole('button', { name: /가져오기/ }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('다 가져왔어요', { timeout: 30_000 });
	await page.goto(`${owner.url}/know/customers?q=노을빛`);
	await page.getByRole('link', { name: '노을빛' }).first().click();
	await expect(page.getByText('성별 여')).toBeVisible();
});

test('a view is saved, opened from its tab, and deleted', async ({ page, desk, isMobile }) => {
	const name = isMobile ? '자주 온 분(전화)' : '자주 온 분';
	const query = isMobile ? 'orders_min=21' : 'orders_min=20';
	await page.goto(`${desk.url}/know/customers?${query}`);
	const heading = page.getByRole('heading', { level: 1 });
	await expect(heading).toHaveText(/^고객 [\d,]+명$/);
	const title = await heading.innerText();
	await page.getByRole('button', { name: '이 보기 저장' }).click();
	await page.getByLabel('보기 이름').fill(name);
	await page.getByRole('dialog').getByRole('button', { name: '저장' }).click();
	await page.goto(`${desk.url}/know/customers`);
	await page.getByRole('link', { name, exact: true }).click();
	await expect(page).toHaveURL(new RegExp(query));
	await expect(heading).toHaveText(title);
	await page.getByRole('button', { name: '이 보기 지우기' }).click();
	await expect(page.getByRole('link', { name, exact: true })).toHaveCount(0);
});

async function download(page: Page, form: string): Promise<Buffer> {
	await page.getByRole('button', { name: '내보내기' }).click();
	const [file] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('menuitem', { name: new RegExp(form) }).click()
	]);
	return readFile((await file.path())!);
}
