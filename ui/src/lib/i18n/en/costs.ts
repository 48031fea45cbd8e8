import type ko from '../ko/costs';

export default {
	add: 'Enter a cost',
	title: 'Costs entered',
	lead: 'What was spent on winning and keeping customers: ads, coupons, points.',
	month: 'Month',
	kind: 'For',
	medium: 'Where',
	amount: 'Amount',
	note: 'Note',
	remove: 'Remove',
	removeOf: (month, amount) => `Remove ${amount} of ${month}`,
	removed: 'Cost removed',
	empty: 'No costs yet. Start with last month’s advertising.'
} satisfies typeof ko;
