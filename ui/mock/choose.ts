/** Life-cycle states, RFM and visits of the demo café. */
import { route } from './routes.ts';

const won = (amount_minor: number) => ({ currency: 'KRW', amount_minor });
const counts = { prospect: 41, new: 96, active: 388, regular: 274, dormant: 312, lost: 1706, returned: 58 };
let settings = { active_until: 1.5, lost_after: 3, regular_orders: 3, regular_days: 365, min_interval_days: 3 };

function preview(next: typeof settings) {
	const wider = (next.active_until - 1.5) * 90;
	const harder = (next.regular_orders - 3) * 52;
	return {
		...counts,
		active: Math.round(counts.active + wider * 0.7 + harder),
		regular: Math.max(0, Math.round(counts.regular + wider * 0.3 - harder)),
		dormant: Math.max(0, Math.round(counts.dormant - wider + (next.lost_after - 3) * 120)),
		lost: Math.max(0, Math.round(counts.lost - (next.lost_after - 3) * 120))
	};
}

route('GET /choose/states', ({ response }) => {
	response.setHeader('etag', '"1"');
	return { as_of: '2026-11-21', counts: preview(settings), settings, company_interval_days: 17 };
});
route('PUT /choose/states/settings', ({ body }) => {
	settings = body as typeof settings;
	return settings;
});
route('POST /choose/states/preview', ({ body }) => ({
	counts: preview(body as typeof settings),
	now: { counts: preview(settings) }
}));
route('GET /choose/rfm', () => ({
	as_of: '2026-11-21',
	cells: [1, 2, 3, 4, 5].flatMap((r) =>
		[1, 2, 3, 4, 5].map((f) => {
			const count = Math.round(20 + 560 * Math.exp(-Math.abs(r - f) * 0.9) * (f === 1 ? 0.6 : 0.24));
			return { r, f, count, spend: won(count * f * f * 9_400) };
		})
	),
	cuts: { r: [14, 41, 120, 260], f: [1, 2, 4, 9], m: [9000, 24000, 61000, 148000] },
	m: [5, 4, 3, 2, 1].map((m) => ({ m, count: 520 + m * 11 }))
}));
route('GET /choose/visits', () => ({
	steps: [
		{ visit: 1, people: 2834, converted: 1502, share: 0.53, median_days: 16 },
		{ visit: 2, people: 1502, converted: 1034, share: 0.688, median_days: 14 },
		{ visit: 3, people: 1034, converted: 842, share: 0.814, median_days: 12 }
	],
	one_away: { count: 63, href: '/know/customers?orders_min=2&orders_max=2&state=new,active' },
	by_store: [
		{ store: '성수점', people: 1510, regulars: 171, share: 0.113 },
		{ store: '망원점', people: 924, regulars: 78, share: 0.084 },
		{ store: null, people: 400, regulars: 25, share: 0.0625 }
	],
	by_staff: [
		{ staff: '한지민', people: 610, regulars: 88, share: 0.144 },
		{ staff: '오세훈', people: 544, regulars: 49, share: 0.09 },
		{ staff: '류다인', people: 380, regulars: 31, share: 0.082 }
	]
}));
