/** A company in which everything that a person, a file, a shop or a program can name is named by `payloads.txt`. */
import { createHmac } from 'node:crypto';
import type { Account } from './account.ts';
import { packed, PAYLOADS } from './payloads.ts';

/** Requests at once: the server writes them together. */
const AT_ONCE = 8;
const TRIES = 100;
const PAUSE_MS = 300;
/** Characters that fields take (`kernel::limits` and the models of each verb). */
const NAME = 200;
const NOTE = 4_000;

type Ids = { id: string }[];

/** A list of tags is written with commas between them. */
const tagged = (): string[] => packed(40, (text) => !/[,\p{Cc}]/u.test(text));

/** What was made, for the pages that show one of it. */
export interface Hostile {
	/** The customer who has everything. */
	party: string;
	/** A path of their own page. */
	member: string;
	segment: string;
	request: string;
	/** The export of that request, as it is handed out. */
	archive: string;
	imports: string[];
	/** The names of all customers, as they were sent. */
	names: readonly string[];
}

export async function fill(desk: Account): Promise<Hostile> {
	const names = PAYLOADS;
	const parties = await each(names, (name) => desk.post<{ id: string }>('/parties', { name, note: name }));
	const party = parties[0]!.id;
	const imports = await files(desk);
	const segment = await segments(desk);
	await company(desk);
	await about(desk, party, parties);
	await around(desk, parties);
	await programs(desk);
	const { member, request, archive } = await rights(desk, party);
	await soon(() => desk.post(`/choose/segments/${segment}/snapshot`, { name: packed(150)[0] }));
	return { party, member, segment, request, archive, imports, names };
}

/** Texts about one customer, in every place of their card. */
async function about(desk: Account, party: string, others: Ids): Promise<void> {
	const of = `/parties/${party}`;
	const day = (await desk.get<{ now: string }>('/session')).now.slice(0, 10);
	await each(packed(NOTE), (text) => desk.post(`${of}/notes`, { text, contact: 'called' }));
	await each(packed(100), (title) =>
		desk.post(`${of}/follow-ups`, { title, day, occasion: 'birthday', plan: 'on_day' })
	);
	await desk.put(`${of}/tags`, { tags: tagged().slice(0, 50) });
	await each(packed(NAME).slice(0, 20), (text, n) =>
		desk.post(`${of}/addresses`, { label: tagged()[n % 20], line1: text, line2: text, postal_code: String(10_000 + n) })
	);
	const titles = packed(60, (text) => !/^\s*[=+\-@]/u.test(text)).slice(0, 80);
	const fields = await each(titles, (name) => desk.post<{ id: string }>('/custom-fields', { name, kind: 'text' }));
	await desk.post('/custom-fields', { name: '<b onclick=mark(0)>', kind: 'choice', choices: packed(60).slice(0, 20) });
	const values = packed(1_000);
	await desk.put(`${of}/fields`, {
		values: Object.fromEntries(fields.map(({ id }, n) => [id, values[n % values.length]]))
	});
	for (const topic of ['wanted', 'avoid']) {
		await each(packed(NAME).slice(0, 20), (value) => desk.post(`${of}/needs`, { topic, value }));
	}
	await each(packed(120), (name) => desk.post(`${of}/bonds`, { name, level: 'social', source: name }));
	await each(packed(500), (note) =>
		desk.post(`${of}/assessments`, { input: 'potential', value: 5, note, source: note.slice(0, 200) })
	);
	const wording = await wordings(desk);
	await each(packed(NOTE), (proof) =>
		desk.post(`${of}/consents`, {
			channel: 'email',
			purpose: 'ad',
			state: 'given',
			source: 'form',
			asked: 'apart',
			wording,
			proof
		})
	);
	await each(others.slice(1, 40), ({ id }) => desk.post(`${of}/ties`, { kind: 'referred', other: id }));
	await each(packed(NAME), (store) => desk.post(`${of}/visits`, { store }));
	const kinds = packed(NAME)
		.slice(0, 40)
		.map((name, n) => ({ code: `kind_${n}`, name }));
	await each(kinds, (kind) => desk.post('/event-kinds', kind));
	await each(packed(NAME), (text, n) =>
		desk.post(`${of}/events`, { kind: `kind_${n % kinds.length}`, note: text, store: text })
	);
	await each(packed(NAME), (text) =>
		desk.post('/orders', { party, store: text, lines: [{ amount_minor: 1_000, product: text }] })
	);
	await each(packed(150).slice(0, 50), (title, n) => question(desk, title, n));
	await desk.put('/choose/vip', { tiers: tiers() });
	await desk.put(`/choose/vip/parties/${party}/grant`, { tier: 'tier_0', reason: packed(NAME)[0] });
}

async function question(desk: Account, title: string, number: number): Promise<void> {
	const choices = packed(60)
		.map((text) => text.trim())
		.slice(number, number + 5);
	await desk.post('/questions', { title, choices });
}

const tiers = (): object[] =>
	packed(40)
		.slice(0, 8)
		.map((name, n) => ({ code: `tier_${n}`, name, colour: 'jade', by: 'score', at: n * 10 }));

/** Words that ask for consent: each of what the law wants is told in the same words. */
async function wordings(desk: Account): Promise<string> {
	const parts = ['aim', 'items', 'period', 'recipient', 'right', 'disadvantage'];
	const all = packed(NOTE);
	const words = Object.fromEntries(parts.map((part, n) => [part, all[n % all.length]]));
	const ids: string[] = [];
	for (const purpose of ['ad', 'night_ad', 'third_party']) {
		const kept = await desk.post<{ id: string }>('/consent/wordings', {
			purpose,
			statements: { ko: words, en: words }
		});
		ids.push(kept.id);
	}
	await each(packed(NAME).slice(0, 25), (name, n) =>
		desk.put(`/consent/topics/topic_${n}`, { name_ko: name, name_en: name, active: true, place: n })
	);
	return ids[0]!;
}

/** What the customer asks about their data, and the file that answers. */
async function rights(desk: Account, party: string): Promise<Pick<Hostile, 'member' | 'request' | 'archive'>> {
	const words = packed(NOTE);
	await each(packed(NAME), (who) => desk.post('/requests', { who, kind: 'access', way: 'letter', words: words[0] }));
	const refused = await desk.post<{ id: string }>('/requests', {
		party,
		kind: 'correction',
		way: 'phone',
		words: words[1]
	});
	await desk.post(`/requests/${refused.id}/identity`, { how: 'in_person' });
	await desk.post(`/requests/${refused.id}/refuse`, { reason: 'law', text: words[0] });
	const { id } = await desk.post<{ id: string }>('/requests', {
		party,
		kind: 'access',
		way: 'counter',
		words: words[0]
	});
	await desk.post(`/requests/${id}/identity`, { how: 'in_person' });
	await desk.post(`/requests/${id}/export`, {});
	const { path } = await desk.post<{ path: string }>(`/parties/${party}/member-link`, {});
	return { member: path, request: id, archive: `/requests/${id}/export` };
}

/** The company, its people, markets, costs, views and settings. */
async function company(desk: Account): Promise<void> {
	const names = packed(NAME);
	const notes = packed(NOTE);
	const present = await desk.get<object>('/company');
	await desk.put('/company', { ...present, name: names[0] });
	await desk.put('/session/me', { name: names[1] });
	const teams = await each(names, (name) => desk.post<{ id: string }>('/teams', { name }));
	await each(names, (name, n) =>
		desk.post('/users', { email: `who${n}@example.com`, name, role: 'staff', scope: 'team', team: teams[n]!.id })
	);
	await each(names, (name) => desk.post('/keys', { name, scopes: ['customers:read'] }));
	await each(names, (name) => desk.post('/views', { name, query: `q=${encodeURIComponent(name)}` }));
	await each(names.slice(0, 45), (name) => desk.post('/shops', { kind: 'cafe24', name, account: name.slice(0, 60) }));
	await each(['customer', 'supplier', 'influence'], (market) =>
		desk.put(`/markets/${market}`, { importance: 5, emphasis: 2, plan: packed(2_000)[0] })
	);
	await desk.put('/markets/referral', {
		importance: 5,
		emphasis: 2,
		plan: 'http://127.0.0.1:9/"><img src=x onerror=mark(0)>'
	});
	const { now } = await desk.get<{ now: string }>('/session');
	await each(packed(60), (medium, n) =>
		desk.post('/measure/costs', {
			kind: n % 2 ? 'retention' : 'acquisition',
			month: now.slice(0, 7),
			amount: { amount_minor: 1_000, currency: 'KRW' },
			medium,
			note: notes[n % notes.length]
		})
	);
	await desk.put('/choose/bonds/settings', {
		next: packed(300)
			.slice(0, 4)
			.map((text) => ({ ko: text, en: text }))
	});
	await desk.put('/settings/mail', {
		host: '',
		port: 587,
		security: 'starttls',
		user: names[2],
		from_name: names.find((name) => !/[\r\n]/.test(name)),
		from_address: '',
		public_address: ''
	});
	await desk.put('/settings/sso', {
		on: true,
		name: names[3],
		issuer: 'https://id.example.com',
		client_id: names[4],
		client_secret: names[5],
		domains: []
	});
	await browserCalled(desk, packed(NAME, (text) => /^[\x20-\x7e]+$/.test(text))[0]!);
	await desk.post('/rules', {
		jurisdiction: 'kr',
		rule: 'notice',
		parameters: {},
		effective_from: '2090-01-01',
		basis: notes[0],
		note: notes[1]
	});
}

/** A session of a browser that calls itself so. */
async function browserCalled({ url, email, password }: Account, agent: string): Promise<void> {
	const headers = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json', 'user-agent': agent };
	const answer = await fetch(`${url}/api/v1/session`, {
		method: 'POST',
		headers,
		body: JSON.stringify({ email, password })
	});
	if (!answer.ok) throw new Error(`a browser called ${agent} does not come in: ${answer.status}`);
}

/** What is made of many customers: organisations, tags and bonds set at once. */
async function around(desk: Account, parties: Ids): Promise<void> {
	const tags = tagged();
	await each(tags, (tag, n) => desk.post('/parties/tags', { parties: [parties[n % parties.length]!.id], add: [tag] }));
	await each(packed(NAME), (name) =>
		desk.post('/parties', { kind: 'organisation', name, markets: [{ market: 'supplier', details: [] }] })
	);
}

async function segments(desk: Account): Promise<string> {
	const made = await each(packed(NAME), (name, n) =>
		desk.post<{ id: string }>('/choose/segments', {
			name,
			folder: packed(NAME)[n % 5],
			rule: { field: 'tag', op: '=', value: tagged()[n % 20] }
		})
	);
	return made[0]!.id;
}

/** What other programs tell: events with the names of stores, staff, products and people. */
async function programs(desk: Account): Promise<void> {
	const events = packed(NAME).map((text, n) => ({
		id: text,
		type: 'order',
		channel: text,
		store: text,
		staff: text,
		customer: { id: text, name: text },
		lines: [{ id: text, product: text, category: text, amount_minor: 900, quantity: n + 1 }]
	}));
	await desk.post('/events', { source: 'till', events });
	await desk.post('/webhooks', {
		url: 'https://example.com/?x="><img src=x onerror=mark(0)>',
		kinds: ['order.added'],
		active: false
	});
	await shopify(desk);
}

/** A shop tells of an order whose every text is one of them; the second cannot be applied. */
async function shopify(desk: Account): Promise<void> {
	const shop = await desk.post<{ id: string; path: string }>('/shops', { kind: 'shopify', name: 'x' });
	const secret = 'shared-secret';
	await desk.put(`/shops/${shop.id}/secret`, { secret });
	const text = packed(NAME)[0];
	const line = { id: 1, title: text, name: text, quantity: 1, price: '10.00', sku: text };
	const order = {
		id: 1,
		name: text,
		email: 'x@example.com',
		currency: 'KRW',
		created_at: '2026-11-01T10:00:00Z',
		customer: { first_name: text, last_name: text },
		line_items: [line]
	};
	for (const [topic, body] of [
		['orders/create', JSON.stringify(order)],
		['orders/create', JSON.stringify({ id: text, name: text })]
	]) {
		const signature = createHmac('sha256', secret).update(body!).digest('base64');
		await fetch(desk.url + shop.path, {
			method: 'POST',
			body: body!,
			headers: {
				'content-type': 'application/json',
				'x-shopify-hmac-sha256': signature,
				'x-shopify-topic': topic!,
				'x-shopify-webhook-id': `<img src=x onerror=mark(${body!.length})>`
			}
		});
	}
}

/** Files whose names, columns and cells are such texts: orders that are read and not, and a list of customers. */
async function files(desk: Account): Promise<string[]> {
	const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
	const names = packed(NAME);
	const columns = ['주문번호', '주문자명', '주문자ID', '주문상품명', '결제일시', '총 결제금액(KRW)'];
	const orders = PAYLOADS.map((text, n) =>
		[text, text, text, text, n % 9 ? `2026-10-${String((n % 28) + 1).padStart(2, '0')}` : text, n % 7 ? '1000' : text]
			.map(cell)
			.join(',')
	);
	const others = PAYLOADS.filter((text) => text.length < 100).slice(0, 60);
	const odd = ['주문번호', '결제일시', '주문자ID', '총 결제금액(KRW)', ...others].map(cell).join(',');
	const people = PAYLOADS.map((text, n) => [text, `c${n}`, text, text, text].map(cell).join(','));
	const made: string[] = [];
	for (const [name, lines] of [
		[names[0]!, [columns.join(','), ...orders]],
		[names[1]!, [odd, '1,2026-10-01,a,1000']],
		[names[2]!, ['이름,회원번호,메모,주소,태그', ...people]]
	] as const) {
		const query = encodeURIComponent(name);
		made.push((await desk.post<{ id: string }>(`/imports?name=${query}`, Buffer.from(lines.join('\r\n') + '\r\n'))).id);
	}
	const mapping = { order: 0, name: 1, customer: 2, product: 3, date: 4, amount: 5 };
	for (const [id, change] of [
		[made[0]!, { source: 'generic', mapping }],
		[made[2]!, {}]
	] as const) {
		const { plan } = await desk.get<{ plan: object }>(`/imports/${id}`);
		await desk.put(`/imports/${id}/plan`, { ...plan, ...change });
		await desk.post(`/imports/${id}/run`, {});
	}
	return made;
}

/** What the program has to do something for first: refused until that is done. */
async function soon<T>(work: () => Promise<T>): Promise<T> {
	for (let tries = 0; ; tries++) {
		try {
			return await work();
		} catch (error) {
			if (tries === TRIES) throw error;
			await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
		}
	}
}

/** Runs `work` over all, a few at a time, and gives what came in their order. */
async function each<T, R>(all: readonly T[], work: (one: T, number: number) => Promise<R>): Promise<R[]> {
	const results: R[] = new Array<R>(all.length);
	let next = 0;
	const worker = async (): Promise<void> => {
		while (next < all.length) {
			const at = next++;
			results[at] = await work(all[at]!, at);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
	return results;
}
