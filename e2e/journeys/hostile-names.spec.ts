/** What people and files call themselves is text, wherever it is shown. */
import { claim } from '../support/account.ts';
import { expect, test } from '../support/dangol.ts';

const NAMES = [
	'<img src=x onerror="document.title=\'taken\'">',
	'"><script>document.title="taken"</script>',
	"{{constructor.constructor('document.title=1')()}}",
	'=HYPERLINK("http://example.com","눌러요")'
];

test('names that would be code stay text', async ({ page, context, fresh }) => {
	// A company of its own: other tests read every word of the shared one.
	const desk = await claim(fresh);
	await context.addCookies([desk.cookie]);
	for (const name of NAMES) {
		const { id } = await desk.post<{ id: string }>('/parties', { name, note: name });
		await page.goto(`${desk.url}/know/customers/${id}`);
		await expect(page.getByRole('heading', { level: 1 })).toContainText(name);
		await expect(page.getByRole('listitem').filter({ hasText: name }).first()).toBeVisible();
		await page.goto(`${desk.url}/know/customers?q=${encodeURIComponent(name.slice(0, 6))}`);
		await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
		await expect(page).not.toHaveTitle(/taken/);
	}
	await desk.post(`/imports?name=${encodeURIComponent(NAMES[0]!)}`, Buffer.from('주문번호,결제일시,주문자ID\n1,2026-11-01,a\n'));
	await page.goto(`${desk.url}/know/imports`);
	await expect(page.getByText(NAMES[0]!).first()).toBeVisible();
	await expect(page).not.toHaveTitle(/taken/);
});
