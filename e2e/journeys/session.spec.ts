/** Signing out and in again. */
import { expect, test } from '../support/dangol.ts';
import { claim } from '../support/account.ts';

test('sign out, be turned away, sign in with the password and land where one wanted to go', async ({ page, fresh, context }) => {
	const owner = await claim(fresh);
	await context.addCookies([owner.cookie]);
	await page.goto(owner.url);
	await page.getByRole('button', { name: '내 계정' }).click();
	await page.getByRole('menuitem', { name: '로그아웃' }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('다시 만나 반가워요');
	await page.getByRole('button', { name: 'English' }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Good to see you again');
	await expect(page.locator('html')).toHaveAttribute('lang', 'en');
	await page.getByRole('button', { name: '한국어' }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('다시 만나 반가워요');

	await page.goto(`${owner.url}/measure/leak`);
	await page.getByLabel('이메일').fill(owner.email);
	await page.getByLabel('비밀번호', { exact: true }).fill('감나무 아래에서 헤어져요');
	await page.getByRole('button', { name: '로그인', exact: true }).click();
	await expect(page.getByText(/맞지 않/)).toBeVisible();
	await page.getByLabel('비밀번호', { exact: true }).fill(owner.password);
	await page.getByRole('button', { name: '로그인', exact: true }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('어디서 새고 있나요?');

	await page.goto(fresh.link);
	await expect(page.getByText('이미 썼거나 기한이 지난 링크예요')).toBeVisible();
});
