/**
 * What people, files, shops and programs call things is text, wherever it is shown: some 300 texts that would be code are
 * put into every place that takes one, and every page is opened, in Korean as it is served and in English without the
 * policy that would stop what got through.
 */
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { type Account, claim } from '../support/account.ts';
import { expect, test } from '../support/dangol.ts';
import { type Hostile, fill } from '../support/hostile.ts';
import { FILLED_IN, PAYLOADS } from '../support/payloads.ts';
import { watch } from '../support/watch.ts';
import { entry } from '../support/zip.ts';

const ROUTES = fileURLToPath(new URL('../../ui/src/routes', import.meta.url));
/** In Korean as it is served; in English without the policy, to see what it would have stopped. On a phone the first. */
const LOOKS = [
	['ko', false],
	['en', true]
] as const;
/** Texts of requests that pages say again or lead by. */
const ASKED = [
	'<img src=x onerror=mark(9001)>',
	'"><svg onload=mark(9002)>',
	'javascript:mark(9003)',
	"{{constructor.constructor('mark(9004)')()}}",
	'//127.0.0.1:9/',
	'/\t/127.0.0.1:9/'
];

test('more than 200 texts that would be code stay text on every page', async ({ browser, empty }, info) => {
	test.setTimeout(480_000);
	expect(new Set(PAYLOADS).size).toBeGreaterThan(200);
	const owner = await claim(empty);
	const made = await test.step('fill the company', () => fill(owner));
	await test.step('export it', () => exports(owner, made));
	for (const [lang, bypassCSP] of info.project.name === 'phone' ? LOOKS.slice(0, 1) : LOOKS) {
		const context = await browser.newContext({ ...info.project.use, bypassCSP });
		const faults = await watched(context, owner.url);
		const page = await context.newPage();
		await page.goto(`${owner.url}/sign-in`);
		await page.evaluate((to) => localStorage.setItem('dangol.lang', to), lang);
		const strangers = [...doors(), ...memberPages(made, lang)];
		for (const place of strangers) await look(page, owner.url, place, faults);
		await expect(page.locator('html')).toHaveAttribute('lang', lang);
		await context.addCookies([owner.cookie]);
		for (const place of desk(made)) await look(page, owner.url, place, faults);
		await expect(page.locator('html')).toHaveAttribute('lang', lang);
		await everyName(page, owner.url, made);
		await archive(page, owner.url, made, info.outputPath(`${lang}.html`));
		await Promise.all(context.pages().map((open) => open.close()));
		await context.close();
		expect(faults, `what got through (${lang})`).toEqual([]);
	}
});

test('the trap shuts: a page that takes them for HTML is noticed, with the policy and without', async ({
	browser,
	empty
}) => {
	for (const bypassCSP of [false, true]) {
		const context = await browser.newContext({ bypassCSP });
		const faults = await watched(context, empty.url);
		const page = await context.newPage();
		await page.goto(`${empty.url}/sign-in`);
		await page.evaluate(
			(texts) =>
				texts.forEach((text) => {
					const place = document.createElement('div');
					document.body.append(place);
					place.innerHTML = text;
				}),
			PAYLOADS.filter((text) => !/http-equiv|<base|127\.0\.0\.1/.test(text))
		);
		const snapped = bypassCSP ? /^ran at/ : /^(CSP|policy):/;
		await expect.poll(() => faults.filter((fault) => snapped.test(fault)).length).toBeGreaterThan(40);
		expect((await grown(page)).length).toBeGreaterThan(100);
		await context.close();
	}
});

/** Collects what may not happen in a context: what `watch` does, calls of a text, dialogs, and requests it caused. */
async function watched(context: BrowserContext, url: string): Promise<string[]> {
	const faults = await watch(context);
	await context.exposeBinding('mark', ({ page }, number: unknown) => {
		faults.push(`ran at ${page.url()}: ${PAYLOADS[Number(number)] ?? String(number)}`);
	});
	context.on('dialog', (dialog) => {
		faults.push(`dialog: ${dialog.message()}`);
		void dialog.dismiss();
	});
	context.on('request', (request) => {
		const to = new URL(request.url());
		const foreign = to.protocol.startsWith('http') && to.origin !== url;
		if (foreign || /\/x(\.js|\.htc|\.xml)?$/.test(to.pathname)) faults.push(`asked for ${request.url()}`);
	});
	context.on('page', (page) => void issues(page, faults));
	return faults;
}

/** Violations of the policy that the browser tells of outside of the page: of frames, and before a script could listen. */
async function issues(page: Page, faults: string[]): Promise<void> {
	const session = await page.context().newCDPSession(page);
	session.on('Audits.issueAdded', ({ issue }) => {
		if (issue.code === 'ContentSecurityPolicyIssue') faults.push(`policy: ${JSON.stringify(issue.details)}`);
	});
	await session.send('Audits.enable');
}

/** Opens a page, stirs what answers to a pointer, and looks for what a text could have become. */
async function look(page: Page, url: string, place: string, faults: string[]): Promise<void> {
	await test.step(place, async () => {
		await page.goto(url + place);
		await page.locator('h1, [role=alert]').first().waitFor();
		await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
		await everything(page);
		const stayed = new URL(page.url()).origin === url;
		const found = [...(await grown(page)), ...(stayed ? [] : [`left for ${page.url()}`])];
		faults.push(...found.map((what) => `${place}: ${what}`));
	});
}

/** What is shown on demand only: the rest of a list, what is folded, the marks of a chart. */
async function everything(page: Page): Promise<void> {
	const more = page.getByRole('button', { name: /^(더 보기|More|Show more)/ });
	for (let times = 0; times < 5 && (await more.first().isVisible()); times++) {
		// A dialog may lie above it: what counts is what it brings.
		await more.first().evaluate((button: HTMLButtonElement) => button.click());
		await page.waitForTimeout(100);
	}
	await page.evaluate(() => document.querySelectorAll('details').forEach((part) => (part.open = true)));
	for (const chart of await page.locator('canvas').all()) {
		const box = await chart.boundingBox();
		if (!box) continue;
		for (const part of [0.2, 0.5, 0.8]) await page.mouse.move(box.x + box.width * part, box.y + box.height / 2);
	}
}

/** Elements, handlers and addresses that none of our components has, and templates that were filled in. */
async function grown(page: Page): Promise<string[]> {
	const found = await page.evaluate(() => {
		const never =
			/^(iframe|object|embed|base|frame|frameset|marquee|math|isindex|plaintext|listing|xmp|keygen|foreignobject|animate|set|discard|mglyph|xss|comment|image)$/;
		const addresses = /^(href|src|action|formaction|xlink:href|data|ping|srcdoc|poster|background|values)$/;
		const safe = /^(https?|mailto|tel|blob):|^data:image\//;
		const wrong: string[] = [];
		for (const element of document.querySelectorAll('*')) {
			if (never.test(element.localName)) wrong.push(`<${element.localName}>`);
			if (/^(script|style|meta)$/.test(element.localName) && /mark\(|127\.0\.0\.1:9/.test(element.outerHTML)) {
				wrong.push(element.outerHTML);
			}
			for (const { name, value } of element.attributes) {
				const at = `<${element.localName} ${name}="${value}">`;
				if (name.startsWith('on') || (name === 'style' && /url\(|expression|mark\(/.test(value))) wrong.push(at);
				if (!addresses.test(name) || element.localName === 'input') continue;
				if (!URL.canParse(value, location.href) || !safe.test(new URL(value, location.href).href)) wrong.push(at);
			}
		}
		return wrong;
	});
	const text = await page.locator('body').innerText();
	return FILLED_IN.test(text) ? [...found, 'a template was filled in'] : found;
}

/** Every route of a group of the interface, with the ids that stand in it. */
function routes(group: string, ids: Record<string, string[]>): string[] {
	const files = readdirSync(path.join(ROUTES, group), { recursive: true, encoding: 'utf8' });
	const pages = files.filter((file) => path.basename(file) === '+page.svelte').map((file) => `/${path.dirname(file)}`);
	return pages.sort().flatMap((page) => {
		if (!page.includes('[id]')) return [page === '/.' ? '/' : page];
		const known = ids[page];
		if (!known) throw new Error(`${page} has no id to be opened with`);
		return known.map((id) => page.replace('[id]', id));
	});
}

/** Pages of staff: each route, and those that say again what they were asked. */
function desk(made: Hostile): string[] {
	const asked = ASKED.map((text) => encodeURIComponent(text));
	const steps = made.imports.flatMap((id) => ['format', 'columns', 'check'].map((step) => `${id}?step=${step}`));
	return [
		...routes('(desk)', {
			'/know/customers/[id]': [made.party, `${made.party}?edit=1`],
			'/know/imports/[id]': [...made.imports, ...steps],
			'/know/requests/[id]': [made.request],
			'/choose/segments/[id]': [made.segment, `new?text=${asked[1]}`]
		}),
		`/know/customers?open=${made.party}`,
		`/know/customers?q=${asked[0]}&sort=${asked[1]}&tag=${asked[0]}`,
		'/know/requests?closed=true',
		'/know/follow-ups?view=all',
		`/settings/audit?action=${asked[0]}`,
		`/${asked[0]}`,
		...asked.map((text) => `/sign-in?next=${text}`)
	];
}

/** Pages before one is signed in. */
function doors(): string[] {
	const asked = ASKED.map((text) => encodeURIComponent(text));
	return [
		...routes('(door)', {}),
		...asked.map((text) => `/sign-in?next=${text}`),
		`/start?token=${asked[0]}`,
		`/sign-in/back?code=${asked[0]}&state=${asked[1]}&error=${asked[0]}&error_description=${asked[1]}`
	];
}

/** The page of a customer, and what answers where it is not theirs. */
function memberPages(made: Hostile, lang: string): string[] {
	const asked = ASKED.map((text) => encodeURIComponent(text));
	const own = [made.member, `${made.member}?done=${asked[0]}`, '/m', `/m/${asked[0]}`, `/u/${asked[1]}`];
	return own.map((place) => `${place}${place.includes('?') ? '&' : '?'}lang=${lang}`);
}

/** The list of customers, to its end: every name is there to the letter. */
async function everyName(page: Page, url: string, made: Hostile): Promise<void> {
	await page.goto(`${url}/know/customers`);
	await page.locator('tr[data-row]').first().waitFor();
	const seen = new Set<string>();
	for (let depth = 0, last = -1; depth !== last;) {
		for (const text of await page.locator('tr[data-row] a').allTextContents()) seen.add(text.normalize('NFC').trim());
		last = depth;
		await page.mouse.wheel(0, 700);
		await page.waitForTimeout(60);
		depth = await page.evaluate(() => Math.round(scrollY));
	}
	// A name is one line: what breaks it, or is for machines, is a blank.
	const kept = (name: string): string => name.normalize('NFC').replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
	const missing = made.names.filter((name) => ![...seen].some((text) => text.includes(kept(name))));
	expect(missing, 'names that are not on the list as they were given').toEqual([]);
}

/** No cell of a file that is given out begins what a spreadsheet would run; numbers may begin with their sign. */
async function exports(owner: Account, made: Hostile): Promise<void> {
	const files = ['/parties/export', '/measure/costs/export', '/audit/export', `/imports/${made.imports[0]}/faults.csv`];
	for (const file of files) {
		const answer = await fetch(`${owner.url}/api/v1${file}`, {
			headers: { cookie: `${owner.cookie.name}=${owner.cookie.value}`, 'sec-fetch-site': 'same-origin' }
		});
		expect(answer.status, file).toBe(200);
		const cells = [
			...(await answer.text()).matchAll(/(?<=^\ufeff?|,|\n)(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?=,|\r?\n|$)/g)
		];
		expect(cells.length, file).toBeGreaterThan(10);
		const running = cells.map(([, quoted, plain]) => quoted ?? plain ?? '').filter((cell) => /^[=+\-@\t\r]/.test(cell));
		expect(
			running.filter((cell) => !/^[+-]\d+([.,]\d+)*$/.test(cell)),
			file
		).toEqual([]);
	}
}

/** What a customer takes home: opened from a disk, where no policy of the server stands in the way. */
async function archive(page: Page, url: string, made: Hostile, to: string): Promise<void> {
	const answer = await page.request.get(`${url}/api/v1${made.archive}`);
	await writeFile(to, entry(await answer.body(), /index\.html$/));
	await page.goto(`file://${to}`);
	await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
	expect(await grown(page)).toEqual([]);
	expect(await readFile(to, 'utf8')).toContain('&lt;script&gt;mark(0)');
}
