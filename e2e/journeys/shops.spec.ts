/** A shop that is asked: connected in the browser, its faults told at their fields, nothing asked before it is switched on. */
import { claim } from '../support/account.ts';
import { expect, test } from '../support/dangol.ts';

test('a SmartStore is set up by the steps, and what is wrong stands at its field', async ({ page, empty, context }) => {
	const owner = await claim(empty);
	await context.addCookies([owner.cookie]);
	await page.goto(`${owner.url}/settings/shops`);
	await page.getByRole('button', { name: '가게 연결하기' }).first().click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('어떤 가게인가요?').selectOption('smartstore');
	await dialog.getByLabel('가게 이름').fill('원두 스마트스토어');
	await dialog.getByRole('button', { name: '가게 연결하기' }).click();

	await expect(dialog.getByText('커머스API센터(apicenter.commerce.naver.com)')).toBeVisible();
	await expect(dialog.getByText('받는 주소'), 'it delivers nothing').toBeHidden();
	await dialog.getByLabel('애플리케이션 ID').fill('app');
	await dialog.getByLabel('애플리케이션 시크릿').fill('not a secret');
	await dialog.getByText('주소와 횟수 바꾸기').click();
	await dialog.getByLabel('API 주소').fill('https://192.168.0.7');
	await dialog.getByRole('button', { name: '저장' }).click();
	await expect(dialog.getByText(/\$2a\$로 시작하는 값/)).toBeVisible();
	await expect(dialog.getByLabel('API 주소')).toHaveAttribute('aria-invalid', 'true');

	await dialog.getByLabel('바뀐 주문 물어보기').uncheck();
	await dialog.getByLabel('애플리케이션 시크릿').fill('$2a$04$abcdefghijklmnopqrstuv');
	await dialog.getByLabel('API 주소').fill('https://api.commerce.naver.com');
	await dialog.getByRole('button', { name: '저장' }).click();
	await expect(dialog).toBeHidden();
	await expect(page.getByText('아직 물어보지 않아요')).toBeVisible();
	await expect(page.getByRole('heading', { name: '원두 스마트스토어' })).toBeVisible();

	const [shop] = await owner.get<{ fetch: { on: boolean; has_secret: boolean } }[]>('/shops');
	expect(shop?.fetch).toMatchObject({ on: false, has_secret: true });
	expect(JSON.stringify(shop), 'the secret is shown to nobody').not.toContain('abcdefghijkl');
});
