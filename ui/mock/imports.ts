/** Imports: a Cafe24 export that is recognised, previewed, counted, run and undone. */
import { problem, route } from './routes.ts';
import { jobs, startJob } from './stream.ts';

const COLUMNS = [
	'주문번호',
	'주문일시',
	'주문자명',
	'주문자 휴대전화',
	'주문상품명',
	'수량',
	'상품구매금액',
	'주문상태'
];
const NAMES = ['김서연', '이도윤', '박지우', '최하은', '정민준', '강수아', '조은우', '윤채원'];
const PRODUCTS = ['에티오피아 예가체프 200g', '디카페인 콜롬비아 500g', '드립백 선물 세트', '온기 머그컵'];

const sample = Array.from({ length: 12 }, (_, n) => [
	`20261119-0000${101 + n}`,
	`2026-11-${String(1 + n).padStart(2, '0')} 14:${20 + n}:05`,
	NAMES[n % NAMES.length],
	`010-12${30 + n}-56${70 + n}`,
	PRODUCTS[n % PRODUCTS.length],
	String(1 + (n % 3)),
	String(12000 + 1500 * n),
	n === 5 ? '환불완료' : '배송완료'
]);

const plan = {
	encoding: 'cp949',
	delimiter: ',',
	source: 'cafe24',
	account: '',
	header: true,
	mapping: { order: 0, date: 1, name: 2, phone: 3, product: 4, quantity: 5, amount: 6 } as Record<string, number>,
	currency: 'KRW',
	zone: 'Asia/Seoul',
	date_order: null
};
const probe = {
	kind: 'csv',
	encoding: 'cp949',
	encodings: ['utf-8', 'cp949', 'utf-16le', 'windows-1252'],
	delimiter: ',',
	delimiters: [',', '\t', ';', '|', 'blank'],
	header_line: 1,
	columns: COLUMNS,
	guesses: [
		{ source: 'cafe24', label: 'Cafe24', score: 0.94 },
		{ source: 'generic', label: 'CSV', score: 0.4 }
	],
	sample,
	needs_password: false
};
const counts = { read: 4218, new: 4203, changed: 0, unchanged: 8, invalid: 7, parties: 1180 };
const base = { size: 612_344, by: '김온기', problem: null, job: null, counts: null, remembered: false };

type Item = Record<string, unknown> & { id: string; state: string; plan: typeof plan; probe: typeof probe };
const made = (id: string, file: string, state: string, at: string, more: object = {}): Item =>
	structuredClone({ ...base, id, file, state, created_at: at, plan, probe, ...more });

const items: Item[] = [
	made('imp_3', '카페24_주문_2026-11.csv', 'done', '2026-11-19T05:40:00Z', { counts }),
	made('imp_2', '스마트스토어_주문조회_20261018.xlsx', 'uploaded', '2026-10-18T02:12:00Z', {
		plan: { ...plan, source: 'smartstore' },
		probe: { ...probe, kind: 'xlsx', needs_password: true, columns: [], sample: [] }
	}),
	made('imp_1', '매장_포스_9월.csv', 'undone', '2026-10-02T08:03:00Z', {
		plan: { ...plan, source: 'generic' },
		counts: { ...counts, new: 812, invalid: 0 }
	}),
	made('imp_0', '온라인_주문_8월.csv', 'failed', '2026-09-01T01:03:00Z', {
		problem: problem(
			422,
			'encoding',
			'1,204번째 줄부터 글자를 읽을 수 없어요. 글자 표기를 CP949로 바꿔 다시 가져와 주세요.'
		)
	})
];
const find = (id: string) => items.find((item) => item.id === id) ?? items[0]!;
const withJob = (item: Item) => ({ ...item, job: item.job ? (jobs.get(String(item.job)) ?? null) : null });

const preview = (item: Item) =>
	sample.map((cells, n) => ({
		line: n + 2,
		customer: cells[item.plan.mapping.phone ?? 3],
		name: item.plan.mapping.name === undefined ? null : cells[item.plan.mapping.name],
		at: `2026-11-${String(1 + n).padStart(2, '0')}T05:${20 + n}:05Z`,
		product: item.plan.mapping.product === undefined ? null : cells[item.plan.mapping.product],
		quantity: n === 8 ? null : Number(cells[5]),
		amount: n === 8 ? null : { currency: 'KRW', amount_minor: (n === 5 ? -1 : 1) * Number(cells[6]) },
		kind: n === 8 ? 'invalid' : n === 5 ? 'refund' : 'sale',
		...(n === 8 ? { problem: '금액 칸의 ‘12,00O’는 숫자가 아니에요. 영문자 O가 섞였는지 확인해 주세요.' } : {})
	}));

route('GET /imports', () => ({ items: items.map(withJob), next: null }));
route('POST /imports', ({ url }) => {
	const id = `imp_${items.length + 10}`;
	items.unshift(made(id, url.searchParams.get('name') ?? '주문.csv', 'uploaded', new Date().toISOString()));
	return items[0];
});
route('GET /imports/:id', ({ params }) => withJob(find(params.id!)));
route('DELETE /imports/:id', ({ params }) => {
	items.splice(items.indexOf(find(params.id!)), 1);
});
route('PUT /imports/:id/plan', ({ params, body }) => {
	const item = find(params.id!);
	const { password, ...next } = body as typeof plan & { password?: string };
	if (item.probe.needs_password) {
		if (password !== '1234')
			return problem(422, 'password_wrong', '비밀번호가 맞지 않아요.', {
				fields: [
					{
						field: 'password',
						code: 'wrong',
						detail: '비밀번호가 맞지 않아요. 내려받을 때 정한 비밀번호를 적어 주세요.'
					}
				]
			});
		item.probe = { ...probe, kind: 'xlsx' };
	}
	item.plan = next;
	item.counts = null;
	const plan_problems =
		'date' in next.mapping ? [] : [{ field: 'date', code: 'needed', detail: '날짜 칸을 골라 주세요.' }];
	item.state = plan_problems.length ? 'uploaded' : 'ready';
	return { ...withJob(item), preview: preview(item), plan_problems };
});
route('POST /imports/:id/dry-run', ({ params }) => {
	const item = find(params.id!);
	return startJob('know.import_check', ['counting'], counts.read, 1200, () => (item.counts = counts));
});
route('POST /imports/:id/run', ({ params }) => {
	const item = find(params.id!);
	item.state = 'running';
	const job = startJob('know.import', ['reading', 'writing', 'writing', 'reacting'], counts.read, 6000, () =>
		Object.assign(item, { state: 'done', counts })
	);
	item.job = job.id;
	return job;
});
route('POST /imports/:id/undo', ({ params }) => {
	const item = find(params.id!);
	item.state = 'undoing';
	const job = startJob('know.undo', ['undoing'], counts.read, 2500, () => (item.state = 'undone'));
	item.job = job.id;
	return job;
});
route('GET /imports/:id/faults', () => ({
	items: Array.from({ length: 7 }, (_, n) => ({
		line: 118 + 311 * n,
		code: 'amount',
		reason: n % 2 ? '날짜 ‘2026-13-02’는 없는 날이에요.' : '금액 칸의 ‘12,00O’는 숫자가 아니에요.',
		raw: sample[n]!.join(',')
	})),
	next: null
}));
