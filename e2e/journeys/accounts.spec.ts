/** Picking the seven key accounts with reasons, with the keyboard alone, in both languages. */
import type { Account } from '../support/account.ts';
import { expect, test } from '../support/dangol.ts';
import { inKorean, inWords } from '../support/words.ts';

interface Board {
	proposed: number;
	keys: { party: { id: string } }[];
}

/** Twelve customers whose potential and fit somebody judged, and nobody decided yet. */
async function judged(owner: Account): Promise<void> {
	const largest = await owner.get<{ items: { id: string }[] }>('/parties?sort=-spend&limit=12');
	const rows = largest.items.flatMap(({ id }, n) => [
		{ customer: id, input: 'potential', value: 10 - (n % 5), source: '상담' },
		{ customer: id, input: 'fit', value: 4 + (n % 6), source: '상담' },
		{ customer: id, input: 'cost_to_serve', value: 20_000 + n, source: '장부' },
		{ customer: id, input: 'purchase_needs', value: 3 + (n % 7) },
		{ customer: id, input: 'bargaining_power', value: n % 9 },
		{ customer: id, input: 'price_sensitivity', value: (n * 3) % 10 }
	]);
	const answer = await owner.post<{ recorded: number }>('/assessments', {
		rows
	});
	expect(answer.recorded).toBe(72);
	const { keys } = await owner.get<Board>('/choose/accounts');
	if (keys.length) {
		const remove = keys.map(({ party }) => ({
			party: party.id,
			reason: '처음부터 다시'
		}));
		await owner.post('/choose/accounts/decisions', { remove });
	}
}

const WORDS = {
	ko: {
		all: '제안한 7명 모두 고르기',
		decide: '핵심 고객으로 정하기',
		reason: /고른 이유$/,
		suggest: '근거 가져와 쓰기',
		done: '7명을 핵심 고객으로 정했어요.',
		missing: '이유가 빠진 고객이 7명 있어요',
		mine: '오래 거래했고 해마다 더 사요.',
		title: '지금 핵심 고객'
	},
	en: {
		all: 'Pick all 7 proposed',
		decide: 'Make them key accounts',
		reason: /^Why .* is picked$/,
		suggest: 'Write it from the figures',
		done: '7 key accounts decided.',
		missing: '7 without a reason',
		mine: 'With us for years, and buys more each year.',
		title: 'Key accounts now'
	}
} as const;

for (const lang of ['ko', 'en'] as const) {
	const words = WORDS[lang];
	test(`an owner picks the seven key accounts with reasons (${lang})`, async ({ page, own: desk }) => {
		// Seven reasons, each with a press and a look: more than a minute on a busy machine.
		test.slow();
		await page.addInitScript((lang) => localStorage.setItem('dangol.lang', lang), lang);
		await judged(desk);
		await page.goto(`${desk.url}/choose/accounts`);
		await page.getByRole('button', { name: words.all }).press('Enter');
		await expect(page.getByText(words.missing).first()).toBeVisible();

		// Deciding without reasons leads to the first that is missing.
		await page.getByRole('button', { name: words.decide }).press('Enter');
		const reasons = page.getByLabel(words.reason);
		await expect(reasons).toHaveCount(7);
		await expect(reasons.first()).toBeFocused();
		await page.keyboard.type(words.mine);
		for (let n = 1; n < 7; n++) {
			await page.getByRole('button', { name: words.suggest }).nth(n).press('Enter');
			await expect(reasons.nth(n)).not.toHaveValue('');
		}
		if (lang === 'ko') await inKorean(page);
		await inWords(page);
		await page.getByRole('button', { name: words.decide }).press('Enter');
		await expect(page.getByText(words.done)).toBeVisible();
		await expect(page.getByText(words.mine).first()).toBeVisible();

		const { keys } = await desk.get<Board>('/choose/accounts');
		expect(keys).toHaveLength(7);
		const door = page.getByRole('heading', { name: words.title }).getByRole('link');
		await door.click();
		await expect(page).toHaveURL(/key_account=true/);
		const summary = await desk.get<{ count: number }>('/parties/summary?key_account=true');
		expect(summary.count).toBe(7);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
		expect(wide).toBeLessThanOrEqual(0);
	});
}
