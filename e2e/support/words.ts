/** What may not stand on a page. */
import { type Page, expect } from '@playwright/test';

/** Names, abbreviations and what people typed: the same in every language. */
const LATIN = new RegExp(
	[
		/\S+@\S+/,
		/shopper\d+/,
		/\d+(ml|g)\b/,
		/Dangol|Ongi Coffee|ongi|Ctrl K|Ctrl|Esc|Enter/,
		/KB|CSV|JSON|HTML|index\.html|UTF-\d+|CP949|Windows-1252|\.xlsx|\.csv|orders\.csv|주문자ID/,
		/VIP|RFM|KRW|Asia\/Seoul|M?BG\/NBD|Gamma-Gamma/,
		/cafe24|Shopify|WooCommerce|Square|Stripe|CDNOW|Online Retail/
	]
		.map((name) => name.source)
		.join('|'),
	'g'
);

/** No word of English by accident. */
export async function inKorean(page: Page): Promise<void> {
	const text = await page.evaluate(() => {
		// Choices are names of zones, currencies and columns, many of them foreign.
		const choices = new Set([...document.querySelectorAll('option')].map((option) => option.innerText.trim()));
		const lines = document.body.innerText.split('\n').map((line) => line.trim());
		return lines.filter((line) => !choices.has(line)).join('\n');
	});
	expect(text.replace(LATIN, '').match(/[A-Za-z]{2,}/g) ?? []).toEqual([]);
}

/** No value that failed to become words, and no name of a sentence in place of the sentence. */
export async function inWords(page: Page): Promise<void> {
	const text = await page.locator('body').innerText();
	expect(text.match(/NaN|undefined|\bnull\b|Infinity|Invalid Date|\[object|\b[a-z]+_[a-z_]+\b/g) ?? []).toEqual([]);
}
