/** The binary starts, its link opens a page, and the page keeps to the policy it is served under. */
import { expect, test } from '../support/dangol.ts';

test('the printed link opens the first page', async ({ page, fresh }) => {
	const answer = await page.goto(fresh.link);
	expect(answer?.status()).toBe(200);
	const policy = answer?.headers()['content-security-policy'] ?? '';
	expect(policy).toContain("default-src 'none'");
	expect(policy).toContain("frame-ancestors 'none'");
	expect(policy).not.toContain('unsafe');
	await expect(page.getByRole('heading').first()).toBeVisible();
	await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
});
