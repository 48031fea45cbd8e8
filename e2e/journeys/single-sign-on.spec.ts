/** Signing in with the account of one's company: an owner sets it up, links their account, and comes in by it. */
import { expect, test } from '../support/dangol.ts';
import { claim } from '../support/account.ts';
import { startProvider } from '../support/provider.ts';

test('set single sign-on up, link the own account, come in by it, and close passwords to others', async ({ page, fresh, context }) => {
	const owner = await claim(fresh);
	// Providers send people back to a name, not to a number.
	const url = owner.url.replace('127.0.0.1', 'localhost');
	// The clock of the demo is another day's. It is asked once: linking ends the session that asks.
	const ahead = Date.parse((await owner.get<{ now: string }>('/session')).now) - Date.now();
	const now = () => Promise.resolve(Math.floor((Date.now() + ahead) / 1000));
	const provider = await startProvider({ sub: 'garam', email: owner.email, email_verified: true }, now);
	try {
		await context.addCookies([{ ...owner.cookie, url }]);
		await page.goto(`${url}/settings/sso`);
		await expect(page.getByText(`${url}/sign-in/back`)).toBeVisible();
		await page.getByLabel('통합 로그인 쓰기').check();
		await page.getByLabel('버튼에 쓸 이름').fill('회사 계정');
		await page.getByLabel('발급자 주소(Issuer)').fill('nonsense.example');
		await page.getByLabel('클라이언트 ID').fill(provider.client.id);
		await page.getByLabel('클라이언트 비밀', { exact: true }).fill(provider.client.secret);
		await page.getByRole('button', { name: '저장' }).click();
		await expect(page.getByLabel('발급자 주소(Issuer)')).toHaveAttribute('aria-invalid', 'true');
		await page.getByLabel('발급자 주소(Issuer)').fill(provider.issuer);
		await page.getByRole('button', { name: '저장' }).click();
		await expect(page.getByLabel('새 클라이언트 비밀(비워 두면 그대로예요)')).toHaveValue('');

		await page.goto(`${url}/settings/account`);
		await page.getByRole('button', { name: '내 계정 연결하기' }).click();
		await page.getByRole('link', { name: 'Come in' }).click();
		await expect(page.getByRole('button', { name: '연결 끊기' })).toBeVisible();
		await expect(page.getByText(owner.email).first()).toBeVisible();

		await page.goto(`${url}/settings/sso`);
		await page.getByLabel('대표가 아니면 통합 로그인으로만 들어오기').check();
		await page.getByRole('button', { name: '저장' }).click();
		await expect(page.getByText('저장했어요')).toBeVisible();
		await context.clearCookies();
		await page.goto(`${url}/measure/leak`);
		await expect(page.getByText('회사에서 쓰는 계정으로 들어오세요.')).toBeVisible();
		await expect(page.getByLabel('이메일')).toBeHidden();
		await page.getByRole('button', { name: '회사 계정으로 로그인' }).click();
		await page.getByRole('link', { name: 'Come in' }).click();
		await expect(page.getByRole('heading', { level: 1 })).toHaveText('어디서 새고 있나요?');

		await context.clearCookies();
		await page.goto(`${url}/sign-in/back?code=planted&state=planted`);
		await expect(page.getByText(/이 브라우저에서 10분 안에 시작한/)).toBeVisible();
		await page.getByRole('link', { name: '로그인으로 가기' }).click();
		await page.getByRole('button', { name: '대표는 비밀번호로 들어와요' }).click();
		await page.getByLabel('이메일').fill(owner.email);
		await page.getByLabel('비밀번호', { exact: true }).fill(owner.password);
		await page.getByRole('button', { name: '로그인', exact: true }).click();
		await expect(page.getByRole('navigation').first()).toBeVisible();
	} finally {
		await provider.stop();
	}
});
