/** The keyboard is enough. */
import { expect, test } from '../support/dangol.ts';

test.skip(({ isMobile }) => isMobile, 'phones have no keyboard');

test('from Today to a customer and back without a mouse', async ({ page, desk }) => {
	const list = await desk.get<{ items: { id: string; phone: string; name: string }[] }>('/parties?late=true&sort=name&limit=20');
	const known = list.items.find((row) => row.name && row.phone)!;
	await page.goto(desk.url);
	const title = page.getByRole('heading', { level: 1 });
	await expect(title).toContainText('오늘 할 일');

	await page.keyboard.press('?');
	await expect(page.getByRole('dialog', { name: '단축키' })).toBeVisible();
	await page.keyboard.press('Escape');

	await page.keyboard.press('g');
	await page.keyboard.press('k');
	await expect(title).toHaveText(/^고객 [\d,]+명$/);

	await page.keyboard.press('j');
	await page.keyboard.press('j');
	await page.keyboard.press('k');
	await expect(page.getByRole('row').nth(1).getByRole('link')).toBeFocused();
	await page.keyboard.press('x');
	await expect(page.getByRole('toolbar')).toContainText('1');
	await page.keyboard.press('x');
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(/open=pty_/);
	await expect(page.getByRole('textbox', { name: '메모' })).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(page).not.toHaveURL(/open=pty_/);

	await page.keyboard.press('e');
	await expect(page.getByRole('dialog', { name: '고객 정보 고치기' })).toBeVisible();
	await page.keyboard.press('Escape');

	// The filters of a timeline are options too.
	const found = page.getByRole('listbox');
	await page.keyboard.press('/');
	await page.keyboard.type(known.phone.slice(-4));
	await expect(found.getByRole('option').filter({ hasText: known.name }).first()).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(found).toHaveCount(0);

	await page.keyboard.press('Control+k');
	await page.keyboard.type('새는');
	await expect(found.getByRole('option', { selected: true })).toContainText('새는 물통');
	await page.keyboard.press('Enter');
	await expect(title).toHaveText('어디서 새고 있나요?');
	await page.getByRole('button', { name: '이 구멍 막기' }).first().press('Enter');
	await expect(page.getByText(/구멍을 막으면/)).toBeVisible();
});
