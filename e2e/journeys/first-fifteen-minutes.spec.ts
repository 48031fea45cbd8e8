/** From the printed link to a phone call to a regular who stays away, and back: what an owner does on the first day. */
import type { Locator, Page } from '@playwright/test';
import { ALL_REGULARS, LATE, LATE_SINCE_DAYS, ORDERS, cafe24Export } from '../support/cafe24.ts';
import { TODAY, expect, test } from '../support/dangol.ts';
import { inKorean } from '../support/words.ts';

const FILE = '카페24_주문_내역.csv';
const SENTENCE = `단골 ${ALL_REGULARS}명 중 ${LATE}명이 평소보다 늦어요`;
const MEMO = '전화드렸어요. 이사하느라 바쁘셨대요.';

test('the first fifteen minutes', async ({ page, fresh, isMobile }) => {
	test.setTimeout(120_000);

	await test.step('open the link, set a name and a password', async () => {
		await page.goto(fresh.link);
		await page.getByLabel('이름').fill('한가람');
		await page.getByLabel('이메일').fill('garam@example.com');
		await page.getByLabel('비밀번호', { exact: true }).fill('감나무 아래에서 만나요');
		await page.getByRole('button', { name: '시작하기' }).click();
	});

	await test.step('look at Today of the demo company', async () => {
		await expect(page.getByRole('heading', { level: 1 })).toContainText('오늘 할 일');
		await expect(page.getByRole('article').first()).toContainText(/단골 [\d,]+명 중 [\d,]+명이 평소보다 늦어요/);
		await inKorean(page);
	});

	await test.step('start with the own shop', async () => {
		await page.getByRole('button', { name: '내 가게로 시작하기' }).click();
		await page.getByLabel('가게 이름').fill('가람 로스터스');
		await page.getByRole('button', { name: '가게 열기' }).click();
		await expect(page.getByRole('heading', { level: 1 })).toHaveText('주문 파일이나 고객 명단을 넣어 주세요');
	});

	await test.step('drop the export and correct one guessed column', async () => {
		if (isMobile) await choose(page);
		else await drop(page.getByRole('group', { name: '여기에 파일을 끌어다 놓으세요' }));
		const product = page.getByRole('combobox', { name: '상품', exact: true });
		await expect(product.locator('option:checked')).toHaveText('주문상품명');
		await product.selectOption('주문상품명(옵션포함)');
		await expect(page.getByRole('table', { name: '이렇게 읽혀요' })).toContainText('콜드브루(원액 500ml)');
		await inKorean(page);
		await page.getByRole('link', { name: '다음' }).click();
	});

	await test.step('watch the import', async () => {
		await page.getByRole('button', { name: `${ORDERS}줄 가져오기` }).click();
		await expect(page.getByText(SENTENCE)).toBeVisible({ timeout: 30_000 });
		await inKorean(page);
	});
	const result = page.url();

	await test.step('open the late ones, then one of them, and see why', async () => {
		await page.getByRole('link', { name: `${LATE}명 보기` }).click();
		await expect(page.getByRole('heading', { level: 1 })).toContainText(`${LATE}명`);
		await people(page).first().click();
		await expect(page.getByText(`보통 14일마다 오시는데 ${LATE_SINCE_DAYS}일째예요`).first()).toBeVisible();
		await inKorean(page);
	});

	await test.step('write down that she was called', async () => {
		await page.getByRole('button', { name: '전화하고 메모 남기기' }).click();
		await page.getByRole('textbox', { name: '메모' }).fill(MEMO);
		await page.getByRole('button', { name: '메모 남기기', exact: true }).click();
		const entry = page.getByRole('listitem').filter({ hasText: MEMO });
		await expect(entry).toContainText('전화했어요');
	});

	await test.step('the card has left Today', async () => {
		await page.goto(new URL('/', page.url()).href);
		await expect(page.getByRole('heading', { level: 1 })).toContainText('오늘 할 일');
		await expect(page.getByText('평소보다 늦어요')).toHaveCount(0);
		await inKorean(page);
	});

	await test.step('plug a hole of the bucket', async () => {
		await page.goto(new URL('/measure/leak', page.url()).href);
		await expect(page.getByRole('heading', { level: 1 })).toHaveText('어디서 새고 있나요?');
		await page.getByRole('button', { name: '이 구멍 막기' }).first().click();
		await expect(page.getByText(/구멍을 막으면/)).toBeVisible();
		await inKorean(page);
	});

	await test.step('take the import back, and import again', async () => {
		await page.goto(result);
		await page.getByRole('button', { name: '되돌리기' }).click();
		await expect(page.getByRole('heading', { level: 1 })).toHaveText('되돌렸어요', { timeout: 30_000 });
		await page.getByRole('button', { name: '다시 가져오기' }).click();
		await expect(page.getByRole('heading', { level: 1 })).toHaveText('다 가져왔어요', { timeout: 30_000 });
		await expect(page.getByText(/단골 38명 중 \d명이 평소보다 늦어요/)).toBeVisible();
	});
});

/** Those in the list, as a table on a desk and as rows on a phone. */
const people = (page: Page): Locator => page.locator('main a[href*="/know/customers"][href*="pty_"], main a[href*="open=pty_"]');

async function choose(page: Page): Promise<void> {
	await page.locator('input[type=file]').setInputFiles({ name: FILE, mimeType: 'text/csv', buffer: cafe24Export(TODAY) });
}

async function drop(box: Locator): Promise<void> {
	const bytes = [...cafe24Export(TODAY)];
	const transfer = await box.page().evaluateHandle(
		([name, content]) => {
			const data = new DataTransfer();
			data.items.add(new File([new Uint8Array(content)], name, { type: 'text/csv' }));
			return data;
		},
		[FILE, bytes] as const
	);
	await box.dispatchEvent('drop', { dataTransfer: transfer });
}
