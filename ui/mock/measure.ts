/** The leak, costs and lifetime value of the demo café. */
import { problem, route } from './routes.ts';
import { startJob } from './stream.ts';

const won = (amount_minor: number) => ({ currency: 'KRW', amount_minor });
const months = Array.from({ length: 24 }, (_, n) => {
	const at = new Date(Date.UTC(2024, 10 + n, 1)).toISOString().slice(0, 7);
	const bad = n === 15;
	const inflow = Math.round(66 + 14 * Math.sin(n / 2.4) + n * 0.7);
	const outflow = Math.round(30 + n * 1.9 + 6 * Math.cos(n / 1.7) + (bad ? 48 : 0));
	return { month: at, inflow, outflow };
});
let level = 210;
const history = months.map((m) => {
	const opening = level;
	level += m.inflow - m.outflow;
	const split = (share: number) => Math.round(m.outflow * share);
	return {
		...m,
		opening,
		level,
		loss_rate: m.outflow / opening,
		reasons: [
			{ reason: 'one_time', inferred: true, avoidable: true, count: split(0.44) },
			{ reason: 'moved', inferred: false, avoidable: false, count: split(0.1) },
			{ reason: 'price', inferred: false, avoidable: true, count: split(0.16) },
			{ reason: 'unknown', inferred: false, avoidable: true, count: m.outflow - split(0.44) - split(0.1) - split(0.16) }
		]
	};
});
const latest = history.at(-1)!;
const holes = latest.reasons.map((reason) => {
	const loss_rate = (latest.outflow - reason.count) / latest.opening;
	const steady = latest.inflow / (latest.outflow / latest.opening);
	return {
		...reason,
		share_of_outflow: reason.count / latest.outflow,
		value: won(reason.count * 68_400),
		plugged: {
			loss_rate,
			steady_state: Math.round(latest.inflow / loss_rate),
			extra_people: Math.round(latest.inflow / loss_rate - steady)
		}
	};
});

route('GET /measure/leak', () => ({
	as_of: '2026-11-21',
	months: history,
	level: latest.level,
	inflow: latest.inflow,
	outflow: latest.outflow,
	loss_rate: latest.loss_rate,
	steady_state: Math.round(latest.inflow / latest.loss_rate),
	holes,
	value_per_person: won(68_400)
}));

route('GET /measure/kotler', ({ url }) => {
	const number = (key: string, or: number) => Number(url.searchParams.get(key) ?? or);
	const inputs = {
		start: 1000,
		repeat: 800,
		avoidable: 100,
		profit_per_year: won(number('profit', 50_000)),
		years: number('years', 3),
		discount: number('discount', 0.1),
		programme_cost: won(number('programme_cost', 3_000_000)),
		saved_share: number('saved_share', 0.4),
		defaults: { since: '2025-11', start: 1000, repeat: 800 }
	};
	let each = 0;
	for (let k = 1; k <= inputs.years; k++) each += inputs.profit_per_year.amount_minor / (1 + inputs.discount) ** k;
	const lost = each * inputs.avoidable;
	const saved = (share: number) => ({
		saved_share: share,
		saved: won(Math.round(lost * share)),
		spend: lost * share > inputs.programme_cost.amount_minor
	});
	return {
		inputs,
		retention: 0.8,
		loss: 200,
		loss_by_reason: [
			{ reason: 'price', avoidable: true, inferred: false, count: 62 },
			{ reason: 'unknown', avoidable: true, inferred: false, count: 38 },
			{ reason: 'one_time', avoidable: false, inferred: true, count: 71 },
			{ reason: 'moved', avoidable: false, inferred: false, count: 29 }
		],
		profit_lost_each: won(Math.round(each)),
		profit_lost: won(Math.round(lost)),
		saved: saved(inputs.saved_share).saved,
		spend: saved(inputs.saved_share).spend,
		sensitivity: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map(saved)
	};
});

const costs = [
	{ id: 'cst_1', kind: 'acquisition', month: '2026-10', amount: won(1_800_000), medium: 'search', note: '' },
	{
		id: 'cst_2',
		kind: 'acquisition',
		month: '2026-10',
		amount: won(650_000),
		medium: 'delivery_app',
		note: '가을 신메뉴'
	},
	{ id: 'cst_3', kind: 'retention', month: '2026-10', amount: won(420_000), medium: 'loyalty', note: '' },
	{ id: 'cst_4', kind: 'acquisition', month: '2026-09', amount: won(1_500_000), medium: 'search', note: '' }
];
route('GET /measure/costs', () => ({ items: costs, next: null }));
route('POST /measure/costs', ({ body }) => {
	const item = { ...(body as (typeof costs)[number]), id: `cst_${costs.length + 10}` };
	costs.unshift(item);
	return item;
});
route('DELETE /measure/costs/:id', ({ params }) => {
	costs.splice(
		costs.findIndex((cost) => cost.id === params.id),
		1
	);
});
route('GET /measure/economics', () => ({
	from: '2025-11',
	to: '2026-10',
	acquisition: { cost: won(3_950_000), gained: 158, each: won(25_000) },
	retention: { cost: won(420_000), kept: 96, each: won(4_375) },
	ratio: 5.71,
	reference: 6,
	by_medium: [
		{ kind: 'acquisition', medium: 'search', cost: won(3_300_000) },
		{ kind: 'acquisition', medium: 'delivery_app', cost: won(650_000) }
	],
	cac_payback_months: 4.2,
	clv_to_cac: 2.7,
	missing: []
}));

route('GET /measure/value', () => ({
	as_of: '2026-11-21',
	models: {
		bg_nbd: { r: 0.43, alpha: 3.1, a: 0.62, b: 2.1, log_likelihood: -41233.2, customers: 2834, unit: 'week' },
		mbg_nbd: { r: 0.51, alpha: 3.4, a: 0.58, b: 1.8, log_likelihood: -41102.7, customers: 2834, unit: 'week' },
		gamma_gamma: { p: 6.1, q: 3.8, gamma: 8200, customers: 1502 }
	},
	customers: 2834,
	basis: 'margin',
	expected_orders_total: 10_412,
	value_total: won(72_480_000),
	calibration: Array.from({ length: 8 }, (_, x) => ({
		x,
		actual: 0.6 + x * 0.92 + (x % 3) * 0.12,
		expected: 0.55 + x * 0.95,
		people: Math.round(1300 / (x + 1) ** 1.3)
	})),
	deciles: Array.from({ length: 10 }, (_, n) => ({
		decile: n + 1,
		people: 283,
		value: won(Math.round(34_000_000 * 0.55 ** n)),
		value_min: Math.round(88_000 * 0.6 ** n)
	})),
	relationship: {
		months: history.slice(-12).map((m, n) => ({
			month: m.month,
			first: won(1_900_000 + 120_000 * (n % 4)),
			repeat: won(6_200_000 + 210_000 * n)
		})),
		share: 0.81
	},
	findings: [
		{ code: 'value_concentrated', params: { share: 0.58, people: 283 }, href: '/know/customers?sort=-value' },
		{ code: 'late_valuable', params: { people: 41 }, href: '/know/customers?late=true&sort=-value' },
		{ code: 'second_visit_weak', params: { share: 0.53 }, href: '/choose/visits' }
	],
	refit_job: null
}));
route('POST /measure/refit', () => startJob('measure.refit', ['reading', 'fitting', 'scoring'], 2834, 5000, () => {}));

let company = {
	name: '온기커피 Ongi Coffee',
	zone: 'Asia/Seoul',
	currency: 'KRW',
	week_start: 'monday',
	locale: 'ko',
	margin_percent: 62,
	discount_percent: 10,
	demo: true,
	set_up: true
};
let revision = 1;
route('GET /company', ({ response }) => {
	response.setHeader('etag', `"${revision}"`);
	return company;
});
route('PUT /company', ({ body, request }) => {
	if (request.headers['if-match'] !== `"${revision}"`)
		return problem(412, 'changed_meanwhile', '그사이 다른 사람이 바꿨어요.');
	revision += 1;
	company = { ...company, ...(body as typeof company) };
	return company;
});
