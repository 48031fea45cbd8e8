/** A small town of customers of the demo café, made from a fixed seed. */
import type { PartyCard, PartyRow, SearchResult, State, TimelineItem } from '../src/lib/api/types.ts';
import { problem, route } from './routes.ts';

const DAY = 86_400_000;
const TODAY = Date.UTC(2026, 10, 22);
let seed = 7;
const random = () => ((seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff), seed / 0x7fffffff);
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const day = (ago: number) => new Date(TODAY - ago * DAY).toISOString().slice(0, 10);
const at = (ago: number, hour = 3) =>
	new Date(TODAY - ago * DAY + hour * 3_600_000 + Math.floor(random() * 3_000_000)).toISOString();
const won = (amount: number) => ({ currency: 'KRW', amount_minor: Math.round(amount / 100) * 100 });

const FAMILY = ['김', '이', '박', '최', '정', '강', '조', '윤', '장', '임', '한', '오', '서', '신', '권', '황', '남궁'];
const GIVEN = [
	'서연',
	'민준',
	'지우',
	'하은',
	'도윤',
	'수아',
	'예준',
	'지호',
	'유진',
	'은우',
	'다인',
	'시우',
	'채원',
	'준서',
	'소율',
	'현우'
];
const PRODUCTS = [
	'아메리카노',
	'카페라떼',
	'콜드브루',
	'바닐라라떼',
	'소금빵',
	'바스크 치즈케이크',
	'드립백 10개입',
	'원두 200g 과테말라',
	'말차라떼'
];

function party(index: number): PartyRow {
	const interval = 5 + Math.floor(random() ** 2 * 60);
	const orders = index % 29 === 0 ? 0 : 1 + Math.floor(random() ** 3 * 60);
	const since = Math.floor(random() ** 1.6 * interval * 4.5);
	const ratio = since / interval;
	const state: State =
		orders === 0
			? 'prospect'
			: orders === 1
				? ratio < 1
					? 'new'
					: ratio < 3
						? 'dormant'
						: 'lost'
				: ratio > 3
					? 'lost'
					: ratio > 1.5
						? 'dormant'
						: index % 17 === 0
							? 'returned'
							: orders >= 5
								? 'regular'
								: 'active';
	const name = index % 13 === 5 ? null : pick(FAMILY) + pick(GIVEN);
	const tail = String(1000 + Math.floor(random() * 8999));
	return {
		id: `pty_${index}`,
		agreed: [],
		name,
		handle: `010-••••-${tail}`,
		phone: index % 5 === 4 ? null : `010-${String(2000 + Math.floor(random() * 7000))}-${tail}`,
		email: index % 3 === 0 ? `guest${index}@example.com` : null,
		state,
		kind: 'person',
		markets: ['customer'],
		tags: index % 7 === 0 ? ['VIP'] : [],
		fields: {},
		orders,
		spend: orders ? won(orders * (5200 + random() * 9000)) : null,
		first_order: orders ? day(since + interval * orders) : null,
		last_order: orders ? day(since) : null,
		usual_interval_days: orders > 2 ? interval : null,
		days_since: orders ? since : null,
		late_ratio: orders > 2 ? ratio : null,
		rfm: orders
			? { r: 1 + Math.floor(random() * 5), f: Math.min(5, 1 + Math.floor(orders / 6)), m: 1 + Math.floor(random() * 5) }
			: null,
		tier: null,
		p_alive: orders > 1 ? Math.max(0.03, 0.98 - ratio * 0.25) : null,
		expected_orders: orders > 1 ? (365 / interval) * Math.max(0.03, 0.9 - ratio * 0.25) : null,
		value: orders > 1 ? won(((365 * 3) / interval) * Math.max(0.03, 0.9 - ratio * 0.25) * 7000) : null,
		created_at: at(since + interval * orders)
	};
}

const all = Array.from({ length: 1243 }, (_, index) => party(index));
const notes = new Map<string, TimelineItem[]>();

type Test = (row: PartyRow, value: string) => boolean;
const TESTS: Record<string, Test> = {
	q: (row, v) => `${row.name} ${row.phone} ${row.email}`.includes(v),
	state: (row, v) => v.split(',').includes(row.state),
	late: (row, v) => (row.late_ratio ?? 0) > 1 === (v === 'true'),
	vip: (row, v) => (row.spend?.amount_minor ?? 0) > 300_000 === (v === 'true'),
	orders_min: (row, v) => row.orders >= Number(v),
	spend_min: (row, v) => (row.spend?.amount_minor ?? 0) >= Number(v),
	last_from: (row, v) => (row.last_order ?? '') >= v,
	last_to: (row, v) => row.last_order !== null && row.last_order <= v
};

const KEYS: Record<string, (row: PartyRow) => string | number> = {
	spend: (row) => row.spend?.amount_minor ?? 0,
	last_order: (row) => row.last_order ?? '',
	name: (row) => row.name ?? '힣',
	orders: (row) => row.orders,
	value: (row) => row.value?.amount_minor ?? 0,
	late: (row) => row.late_ratio ?? 0,
	alive: (row) => row.p_alive ?? 9
};

function filtered(url: URL): PartyRow[] {
	const sort = url.searchParams.get('sort') ?? '-last_order';
	const key = KEYS[sort.replace('-', '')] ?? KEYS.last_order!;
	const sign = sort.startsWith('-') ? -1 : 1;
	return all
		.filter((row) => [...url.searchParams].every(([name, value]) => TESTS[name]?.(row, value) ?? true))
		.sort((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

const sum = (rows: PartyRow[], of: 'spend' | 'value') => [
	{ currency: 'KRW', amount_minor: rows.reduce((total, row) => total + (row[of]?.amount_minor ?? 0), 0) }
];

route('GET /tags', () => [{ name: 'VIP' }]);
route('GET /custom-fields', () => []);
route('GET /parties', ({ url }) => {
	const rows = filtered(url);
	const from = Number(url.searchParams.get('cursor') ?? 0);
	const to = from + Number(url.searchParams.get('limit') ?? 50);
	return { items: rows.slice(from, to), next: to < rows.length ? String(to) : null };
});
route('GET /parties/summary', ({ url }) => {
	const rows = filtered(url);
	return { count: rows.length, spend: sum(rows, 'spend'), value: sum(rows, 'value') };
});
route('POST /parties', ({ body }) => {
	const row = {
		...party(all.length),
		...(body as object),
		orders: 0,
		state: 'prospect' as State,
		spend: null,
		last_order: null
	};
	all.unshift(row);
	return card(row);
});
route('GET /views', () => [{ id: 'view_1', name: '10번 넘게 온 분', query: 'orders_min=10' }]);
route('POST /views', ({ body }) => body);
route('DELETE /views/:id', () => undefined);
route('GET /leaving-reasons', () => [
	{ code: 'price', avoidable: true },
	{ code: 'service', avoidable: true },
	{ code: 'moved', avoidable: false }
]);
route('PUT /parties/:id/leaving', () => undefined);
route('GET /search', ({ url }): SearchResult => {
	const q = url.searchParams.get('q') ?? '';
	const parties = all.filter((row) => TESTS.q!(row, q)).slice(0, 8);
	const orders = /^\d{4,}/.test(q)
		? [
				{
					order_no: `20261103-${q}`,
					source: 'cafe24',
					party: { id: 'pty_3', name: all[3]!.name ?? all[3]!.handle },
					day: day(19),
					amount: won(18500)
				}
			]
		: [];
	return { parties, orders };
});

function card(row: PartyRow): PartyCard {
	return {
		...row,
		about: { registration: null, form: null, markets: [], addresses: [], birthday: null, ties: [] },
		contacts: [
			...(row.phone
				? [
						{
							id: 'c1',
							kind: 'phone' as const,
							value: `+82${row.phone.slice(1).replaceAll('-', '')}`,
							shown: row.phone,
							source: 'cafe24'
						}
					]
				: []),
			...(row.email ? [{ id: 'c2', kind: 'email' as const, value: row.email, shown: row.email, source: 'cafe24' }] : [])
		],
		facts: {
			orders: row.orders,
			order_days: row.orders,
			spend: row.spend ? [{ ...row.spend, refunds_minor: 12_000 }] : [],
			average_order: row.spend && won(row.spend.amount_minor / row.orders),
			first_order: row.first_order,
			last_order: row.last_order,
			usual_interval_days: row.usual_interval_days,
			own_interval: row.usual_interval_days !== null,
			days_since: row.days_since,
			due_day: row.usual_interval_days && row.days_since !== null ? day(row.days_since - row.usual_interval_days) : null
		},
		state_reason: {
			code: row.state,
			params: {
				since_days: row.days_since,
				interval_days: row.usual_interval_days ?? 24,
				days_365: Math.min(row.orders, 40)
			},
			changes_at: day(-9)
		},
		scores: (
			[
				['p_alive', row.p_alive, 0.9, 1.1],
				['expected_orders', row.expected_orders, 0.7, 1.35],
				['value', row.value?.amount_minor ?? null, 0.6, 1.5]
			] as const
		).map(([name, value, low, high]) => ({
			name,
			value,
			low: value && value * low,
			high: value && Math.min(name === 'p_alive' ? 1 : Infinity, value * high),
			currency: name === 'value' ? 'KRW' : null,
			as_of: value === null ? null : day(1),
			missing: value === null ? { code: 'not_enough_data', params: {} } : null
		})),
		keeper: null,
		suggestion: (row.late_ratio ?? 0) > 1 ? { kind: 'call_late_regular', params: {} } : null,
		products: PRODUCTS.slice(0, 3).map((name, index) => ({
			name,
			orders: Math.max(1, row.orders - index * 3),
			last: day((row.days_since ?? 0) + index * 9)
		})),
		sources: [{ source: 'cafe24', import: 'imp_1', at: row.created_at }],
		leaving_reason: null,
		etag: '"1"'
	};
}

const find = (id: string | undefined) => all.find((row) => row.id === id);
route('GET /parties/:id', ({ params }) => {
	const row = find(params.id);
	return row ? card(row) : problem(404, 'not_found', '이 고객은 없어요. 지워졌거나 합쳐졌을 수 있어요.');
});
route('PUT /parties/:id', ({ params, body }) => {
	const row = find(params.id)!;
	return card(Object.assign(row, { name: (body as { name: string }).name }));
});

const plain = {
	amount: null,
	lines: [],
	text: null,
	by: null,
	contact: null,
	channel: null,
	source: null,
	order_no: null,
	store: null,
	from: null,
	to: null,
	event: null,
	other: null,
	value: null,
	what: null
};

function history(row: PartyRow): TimelineItem[] {
	const gap = row.usual_interval_days ?? 20;
	const orders = Array.from({ length: Math.min(row.orders, 14) }, (_, index): TimelineItem => {
		const lines = Array.from({ length: 1 + (index % 3) }, (_, n) => ({
			product: PRODUCTS[(index + n) % 9] as string,
			quantity: 1 + (n % 2),
			amount: won(4500 + n * 1700)
		}));
		const total = lines.reduce((sum, line) => sum + line.amount.amount_minor, 0);
		return {
			...plain,
			id: `ord_${row.id}_${index}`,
			at: at((row.days_since ?? 0) + index * gap),
			kind: index === 4 ? 'refund' : 'order',
			amount: won(index === 4 ? -total : total),
			lines,
			source: '카페24',
			order_no: `2026${1000 + index}-00${index}`
		};
	});
	const change: TimelineItem = {
		...plain,
		id: `st_${row.id}`,
		at: at(6, 0),
		kind: 'state',
		from: 'regular',
		to: row.state
	};
	const note: TimelineItem = {
		...plain,
		id: `not_${row.id}`,
		at: at(40, 5),
		kind: 'note',
		text: '산미 있는 원두를 좋아하셔서 과테말라를 권해 드렸더니 드립백도 함께 사 가셨어요.',
		contact: 'met',
		by: '김온기'
	};
	const created: TimelineItem = { ...plain, id: `cr_${row.id}`, at: row.created_at, kind: 'created' };
	return [...(notes.get(row.id) ?? []), change, note, ...orders, created].sort((a, b) => b.at.localeCompare(a.at));
}

route('GET /parties/:id/timeline', ({ params, url }) => {
	const kinds = url.searchParams.get('kinds')?.split(',');
	return { items: history(find(params.id)!).filter((item) => !kinds || kinds.includes(item.kind)), next: null };
});
route('POST /parties/:id/notes', ({ params, body }) => {
	const note = {
		...plain,
		...(body as { text: string; contact: null }),
		id: `not_${Date.now()}`,
		at: new Date(TODAY + 6 * 3_600_000).toISOString(),
		kind: 'note' as const,
		by: '김온기'
	};
	notes.set(params.id!, [note, ...(notes.get(params.id!) ?? [])]);
	return note;
});
route('DELETE /notes/:id', ({ params }) => {
	notes.forEach((list, id) =>
		notes.set(
			id,
			list.filter((note) => note.id !== params.id)
		)
	);
});
route('POST /parties/:id/visits', () => ({ ...plain, id: 'vis_1', at: at(0), kind: 'visit' }));

const people = (test: (row: PartyRow) => boolean) =>
	all
		.filter((row) => row.name && test(row))
		.slice(0, 5)
		.map(({ id, name }) => ({ id, name }));
const late = { late_regulars: 5, regulars: 38 };
const later = new Set<string>();
route('GET /today', () => ({
	cards: [
		{
			id: 'late_regulars',
			params: { late: late.late_regulars, regulars: late.regulars },
			count: 5,
			people: people((row) => row.state === 'dormant'),
			href: '/know/customers?late=true&contacted=false',
			value: won(1_240_000),
			due: null
		},
		{
			id: 'import_attention',
			params: { import: 'imp_1', file: '카페24_주문_11월.csv', invalid: 12 },
			count: 12,
			people: [],
			href: '/know/imports/imp_1',
			value: null,
			due: null
		},
		{
			id: 'leak',
			params: { month: '2026-10', outflow: 87, inflow: 64, loss_rate: 0.082 },
			count: 87,
			people: people((row) => row.state === 'lost'),
			href: '/measure/leak',
			value: won(5_310_000),
			due: null
		},
		{
			id: 'new_vips',
			params: { count: 3 },
			count: 3,
			people: people((row) => row.orders > 30).slice(0, 3),
			href: '/know/customers?vip=true',
			value: won(890_000),
			due: null
		},
		{
			id: 'one_visit_away',
			params: { count: 21 },
			count: 21,
			people: people((row) => row.orders === 2),
			href: '/know/customers?orders_min=2&orders_max=2',
			value: null,
			due: null
		}
	].filter((card) => !later.has(card.id)),
	more: 0,
	set_up: [
		{ step: 'company', done: true },
		{ step: 'import', done: false },
		{ step: 'costs', done: false },
		{ step: 'refit', done: false }
	],
	relationship_share: { share: 0.641, previous: 0.612, month: '2026-10' },
	as_of: '2026-11-22'
}));
route('POST /today/:id/later', ({ params, body }) => {
	if ((body as { until: string }).until > '2026-11-22') later.add(params.id!);
	else later.delete(params.id!);
});
