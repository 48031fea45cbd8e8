import type ko from '../ko/today';

const s = (n: string, one: string, many: string) => (n === '1' ? `1 ${one}` : `${n} ${many}`);

export default {
	title: (day: string) => `Today · ${day}`,
	short: 'Today',
	allDoneTitle: 'Everything for today is done',
	allDone: 'Whatever comes up next will appear here.',
	toCustomers: 'See customers',
	sentences: {
		late_regulars: (v) => `${v('late')} of your ${s(v('regulars'), 'regular is', 'regulars are')} later than usual`,
		new_vips: (v) => `You have ${s(v('count'), 'new VIP', 'new VIPs')}`,
		leak: (v) => `${s(v('outflow'), 'customer', 'customers')} left and ${v('inflow')} came in ${v('month')}`,
		consent_notices: (v) => `${s(v('count'), 'notice of consent is', 'notices of consent are')} still to be given`,
		merge_proposals: (v) =>
			`${s(v('count'), 'pair of records seems', 'pairs of records seem')} to be the same customer`,
		import_attention: (v) => `${s(v('invalid'), 'line', 'lines')} of “${v('file')}” could not be read`,
		one_visit_away: (v) => `${s(v('count'), 'customer is', 'customers are')} one visit away from being a regular`,
		import_finished: (v) =>
			v('customers') === '1'
				? `“${v('file')}” brought ${s(v('new'), 'customer', 'customers')}`
				: `“${v('file')}” brought ${s(v('new'), 'new order', 'new orders')}`,
		follow_ups: (v) =>
			v('count') === '1' ? `To say or do today: ${v('title')}` : `${v('count')} things to say or do today`,
		account_candidates: (v) =>
			`${s(v('count'), 'customer buys', 'customers buy')} far more than expected: candidates for key accounts`,
		backup_failed: () => 'Backups are not being made',
		shop_failing: (v) =>
			v('count') !== '1'
				? `${v('count')} shops do not answer`
				: v('compared') === '1'
					? `Missed orders of “${v('name')}” are not being looked for`
					: `No orders come from “${v('name')}”`,
		reactions_parked: (v) => `${s(v('count'), 'record is', 'records are')} waiting because an update failed`,
		privacy_requests: (v) => `${s(v('count'), 'request', 'requests')} about personal data to answer`
	},
	buttons: {
		late_regulars: 'See who',
		new_vips: 'Say thank you',
		leak: 'Find the hole',
		consent_notices: 'See whom to tell',
		merge_proposals: 'Check them',
		import_attention: 'Fix the lines',
		one_visit_away: 'See who',
		account_candidates: 'Look at them',
		import_finished: 'See what changed',
		follow_ups: 'See them',
		backup_failed: 'Look at the backups',
		shop_failing: 'Look at the connection',
		reactions_parked: 'Check',
		privacy_requests: 'Answer'
	},
	why: {
		late_regulars:
			'Every regular has a usual interval. People who passed theirs a short while ago often come back after one friendly word, so the latest and most valuable come first.',
		new_vips:
			'They came often and spent enough lately to pass your VIP line. Thanks are remembered best when they come soon.',
		leak: 'We counted who stopped coming last month and who came in. If more left than came, plug the hole first.',
		consent_notices:
			'Whoever agreed, refused or withdrew must be told within 14 days that it was taken in. Missing it can cost a fine.',
		merge_proposals:
			'Someone who is entered twice does not look like a regular, and the figures are off. A merge can be taken back exactly, at any time.',
		import_attention:
			'Lines whose date or amount could not be understood were set aside. Correct and import them again; the rest stays as it is.',
		one_visit_away:
			'They need one more visit to count as regulars. That visit is the one most likely to make it a habit.',
		account_candidates:
			'They were left out when key accounts were picked, and have bought far more since than was expected then.',
		import_finished:
			'The import is done and all cards and figures follow it. If it was the wrong file, it can be undone.',
		follow_ups:
			'The day of an occasion or a promise in your notes has come. A word that shows you remembered lasts longest.',
		backup_failed:
			'The last backup failed, or none came for more than a day. If the machine breaks, everything since is lost.',
		shop_failing:
			'The shop has not answered three times in a row or more. Orders may be missing until it does, and regulars and revenue look smaller than they are.',
		reactions_parked:
			'Some records could not be worked into the cards after several tries. See why, and try them again.',
		privacy_requests:
			'When customers ask to see, correct or erase their data, the law says by when they must have an answer. The one that is due first comes first.'
	},
	people: (shown: string, count: string) => `${count} people, among them ${shown}`,
	atStake: (money: string) => `Future value ${money}`,
	due: (day: string) => `by ${day}`,
	whyThis: 'Why this?',
	later: 'Later',
	tomorrow: 'Show again tomorrow',
	nextWeek: 'Show next Monday',
	pickDay: 'Pick a day',
	putOff: (day: string) => `It will be back on ${day}.`,
	moreCards: (n: string) => `${s(n, 'more thing', 'more things')} to do. They appear when the ones above are done.`,
	share: (month: string, share: string) => `${share} of revenue in ${month} came from customers who returned`,
	shareUp: (points: string) => `up ${points} points on the month before`,
	shareDown: (points: string) => `down ${points} points on the month before`,
	shareSame: 'same as the month before',
	setUpTitle: 'New here? Start in this order',
	setUpLead: (done: string, all: string) => `${done} of ${all} done.`,
	stepDone: 'Done',
	stepOpen: 'To do',
	steps: {
		company: { title: 'Check your company', lead: 'Days and amounts are right when the zone and currency are.' },
		import: { title: 'Import your orders', lead: 'Drop a file from your shop or a spreadsheet, as it is.' },
		costs: { title: 'Enter what you spend', lead: 'Compare what winning and keeping a customer costs.' },
		refit: { title: 'Calculate lifetime value', lead: 'Happens by itself once there are enough orders.' }
	},
	demo: (name: string) => `This is “${name}”, a practice shop. Press anything you like.`,
	ownShop: 'Start with my own shop',
	ownShopLead: 'Opens a new, empty shop. Nothing of the practice shop comes along.',
	shopName: 'Shop name',
	zone: 'Time zone',
	currency: 'Currency',
	open: 'Open the shop',
	opening: 'Preparing your shop',
	openingLost: 'The shop has not opened yet. Check that the program is running, then load the page again.',
	openingSlow: 'This takes a little longer. Please keep this window open.'
} satisfies typeof ko;
