/** An owner finds "regulars who are late by more than half of their usual interval, agreed, with no open complaint". */
import { expect, test } from '../support/dangol.ts';

/** Words of a language that the journey looks for. */
const LANGUAGES = [
	{
		locale: 'ko',
		create: '새 그룹',
		question: '주기의 절반보다 더 늦은 단골',
		late: /주기의 배수/,
		complaint: '해결되지 않은 불만이 없는 고객',
		why: '왜?',
		isIn: '지금 이 그룹에 들어가요.',
		name: '이름',
		save: '그룹 저장',
		see: '고객 보기',
		value: '값'
	},
	{
		locale: 'en',
		create: 'New segment',
		question: 'Regulars late by more than half an interval',
		late: /usual intervals past the due day/,
		complaint: 'have no open complaint',
		why: 'Why?',
		isIn: 'In this segment now.',
		name: 'Name',
		save: 'Save segment',
		see: 'See customers',
		value: 'Value'
	}
];

for (const words of LANGUAGES) {
	test(`the founder's question is found, explained and saved (${words.locale})`, async ({ page, own: desk }, info) => {
		await page.addInitScript((lang) => localStorage.setItem('dangol.lang', lang), words.locale);
		await page.goto(`${desk.url}/choose/segments`);
		await page.getByRole('link', { name: words.create }).first().click();
		await page.getByRole('button', { name: words.question }).click();

		const answer = page.getByRole('status').first();
		await expect(answer).toHaveText(/[1-9]/);
		await expect(page.getByRole('heading', { level: 1 })).toContainText(words.late);
		await expect(page.getByRole('heading', { level: 1 })).toContainText(words.complaint);

		await page.getByRole('button', { name: words.why }).first().click();
		const dialog = page.getByRole('dialog');
		await expect(dialog.getByText(words.isIn)).toBeVisible();
		await expect(dialog.getByText(words.late)).toBeVisible();
		await page.keyboard.press('Escape');

		const name = `late ${words.locale} ${info.project.name}`;
		await page.getByLabel(words.name, { exact: true }).fill(name);
		await page.getByRole('button', { name: words.save }).click();
		await page.getByRole('link', { name: words.see }).click();
		await expect(page).toHaveURL(/segment=seg_/);
		await expect(page.getByRole('main')).toContainText(/[1-9]/);
	});
}

test('a complaint takes somebody out of the question', async ({ page, own: desk }) => {
	const rule = {
		all: [{ field: 'was_regular' }, { not: { field: 'has_open_complaint' } }]
	};
	const before = await desk.post<{ count: number; sample: { id: string }[] }>('/choose/segments/ask', { rule });
	const someone = before.sample[0]!.id;
	await page.goto(`${desk.url}/know/customers/${someone}`);
	await page.getByRole('button', { name: '다른 일 적기' }).click();
	await page.getByRole('dialog').getByRole('button', { name: '적기', exact: true }).click();
	await expect(page.getByText('불만 접수').first()).toBeVisible();
	await expect
		.poll(async () => (await desk.post<{ count: number }>('/choose/segments/ask', { rule })).count)
		.toBe(before.count - 1);
	await desk.post(`/parties/${someone}/events`, { kind: 'complaint.closed' });
});
