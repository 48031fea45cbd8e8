/** Parties of every market: a supplier with its number, a tie to a person, tags on many at once, the market map. */
import { expect, test } from '../support/dangol.ts';

test('a supplier is entered, tied to a person, tagged, and stands on the market map', async ({ page, desk, isMobile }) => {
	const mark = isMobile ? '전화' : '책상';
	const firm = `㈜한빛원두 ${mark}`;
	const { id: person } = await desk.post<{ id: string }>('/parties', { name: `김나래 ${mark}` });

	await page.goto(`${desk.url}/know/customers?enter=person`);
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('단체·회사').check();
	await dialog.getByLabel('이름', { exact: true }).fill(firm);
	await dialog.getByLabel('사업자등록번호').fill('124-81-00997');
	await dialog.getByText('시장', { exact: true }).click();
	await dialog.getByLabel('공급업체').check();
	await dialog.getByLabel('재료').check();
	await dialog.getByRole('button', { name: /저장|추가|적기/ }).last().click();
	await expect(dialog.getByText(/맞지 않는 번호예요/)).toBeVisible();
	await dialog.getByLabel('사업자등록번호').fill('1248100998');
	await dialog.getByRole('button', { name: /저장|추가|적기/ }).last().click();

	const heading = page.getByRole('heading', { level: 1 });
	await expect(heading).toHaveText(`(주)한빛원두 ${mark}`);
	await expect(page.getByText('124-81-00998')).toBeVisible();
	await expect(page.getByText('공급업체 (재료)')).toBeVisible();
	await expect(page.getByText('고객이 아니에요').first()).toBeVisible();

	await page.getByRole('button', { name: '관계 적기' }).click();
	await page.getByRole('dialog').getByLabel('어떤 관계인가요').selectOption('employs');
	await page.getByRole('dialog').getByRole('combobox', { name: '누구' }).fill(`김나래 ${mark}`);
	await page.getByRole('option', { name: new RegExp(`김나래 ${mark}`) }).first().click();
	await page.getByRole('dialog').getByRole('button', { name: '저장' }).click();
	await expect(page.getByRole('link', { name: `김나래 ${mark}` })).toBeVisible();
	await page.goto(`${desk.url}/know/customers/${person}`);
	await expect(page.getByRole('heading', { name: '다니는 곳' })).toBeVisible();

	await page.goto(`${desk.url}/know/markets`);
	await expect(heading).toHaveText('어느 시장에 힘을 더 쏟아야 하나요?');
	await page.getByRole('button', { name: '공급업체 매기기' }).click();
	await page.getByRole('dialog').getByLabel('중요도').fill('9');
	await page.getByRole('dialog').getByLabel('지금의 힘').fill('4');
	await page.getByRole('dialog').getByRole('button', { name: '저장' }).click();
	const row = page.getByRole('row', { name: /공급업체/ }).first();
	await expect(row).toContainText('+5');
	await row.getByRole('link').first().click();
	await expect(heading).toHaveText(/^공급업체 \d+곳$/);
	await expect(page.getByRole('link', { name: new RegExp(`한빛원두 ${mark}`) })).toBeVisible();
});

test('tags are put on many people at once, and found again', async ({ page, desk, isMobile }) => {
	test.skip(isMobile, 'people are chosen in the list at a desk');
	await page.goto(`${desk.url}/know/customers`);
	await page.getByRole('checkbox', { name: /고르기$/ }).nth(1).check();
	await page.getByRole('checkbox', { name: /고르기$/ }).nth(2).check();
	await page.getByRole('button', { name: '태그…' }).click();
	await page.getByRole('dialog').getByRole('combobox', { name: '태그' }).fill('단체 주문');
	await page.getByRole('dialog').getByRole('button', { name: '붙이기' }).last().click();
	await page.goto(`${desk.url}/know/customers?tag=${encodeURIComponent('단체 주문')}`);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('고객 2명');
});
