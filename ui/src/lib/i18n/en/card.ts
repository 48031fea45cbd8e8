import type ko from '../ko/card';

const times = (n: string) => (n === '1' ? 'once' : n === '2' ? 'twice' : `${n} times`);
const now = (since: string) => (since === '0' ? 'here today' : `now day ${since}`);
const s = (n: string, one: string) => (n === '1' ? `1 ${one}` : `${n} ${one}s`);

const shops = {
	cafe24: 'Cafe24',
	smartstore: 'SmartStore',
	shopify: 'Shopify',
	woocommerce: 'WooCommerce',
	square: 'Square',
	stripe: 'Stripe',
	cdnow: 'CDNOW',
	online_retail: 'Online Retail',
	generic: 'Order file'
};

export default {
	shops,
	stateReasons: {
		prospect: () => 'No order yet',
		new: (v) =>
			v.since === '0'
				? 'Came for the first time today'
				: v.since
					? `First came ${s(v.since, 'day')} ago`
					: 'Came for the first time',
		active: (v) => `Usually every ${v.interval} days, ${now(v.since)}`,
		regular: (v) =>
			v.days_365
				? `Came ${times(v.days_365)} in the last year, usually every ${v.interval} days, ${now(v.since)}`
				: `Usually every ${v.interval} days, ${now(v.since)}`,
		dormant: (v) => `${v.own ? 'Usually' : 'Others come'} every ${v.interval} days, now day ${v.since}`,
		lost: (v) => `${v.own ? 'Used to come' : 'Others come'} every ${v.interval} days; nothing for ${v.since} days`,
		returned: (v) =>
			v.since
				? `Came back ${v.since === '0' ? 'today' : `${s(v.since, 'day')} ago`} after a long break`
				: 'Came back after a long break'
	},
	changesAt: (day: string, state: string) => `Turns to “${state}” without a visit by ${day}`,
	changesOn: (day: string) => `The state is looked at again on ${day}`,
	suggestionTitle: 'Good to do now',
	suggestions: {
		call_late_regular: 'Give them a friendly call. They are later than usual.',
		win_back: 'Ask how they are. They used to come often.',
		thank_vip: 'Say thank you. Few come as often and spend as much.',
		welcome: 'They came for the first time. Ask how it was.',
		ask_contact: 'Ask for a contact when they come next. There is no way to reach them yet.',
		decide_merge: 'Look whether this is the same person, and decide.',
		second_visit: 'Say hello and invite them back.'
	},
	followUpAdvice: (title) => `${title}: today is the day.`,
	suggestionReasons: {
		follow_up: (v) => `Its day in your notes has come (${v.day}).`,
		call_late_regular: (v) => `Usually every ${v.interval} days, now day ${v.since}.`,
		decide_merge: (v) => `Another record is alike by ${v.score} of 100.`,
		ask_contact: (v) => `Came ${times(v.orders)}, and there is neither phone nor e-mail.`,
		win_back: (v) => `Nothing for ${v.since} days.`,
		second_visit: (v) => `First came ${s(v.since, 'day')} ago. The second visit makes a regular.`,
		welcome: (v) =>
			v.since === '0' ? 'Here for the first time today.' : `Here for the first time ${s(v.since, 'day')} ago.`,
		thank_vip: () => 'The best score in recency, frequency and amount.'
	},
	decideMerge: 'Look at both',
	suggestionDone: 'Done',
	suggestionNotDone: 'Not doing it',
	suggestionClosed: (state, what) => (state === 'done' ? `Done: ${what}` : `Not done: ${what}`),
	suggestionNames: {
		call_late_regular: 'Call a late regular',
		decide_merge: 'Decide about a second record',
		ask_contact: 'Ask for a contact',
		win_back: 'Ask how they are',
		second_visit: 'Invite for a second visit',
		welcome: 'Welcome',
		thank_vip: 'Thank a VIP'
	},
	channelFilter: 'How',
	channelAll: 'Any way',
	channels: { call: 'Call', message: 'Message', visit: 'In person', store: 'In the shop', online: 'Online' },
	write: 'Leave a note',
	writeCall: 'Call and leave a note',
	stateTitle: 'State',
	scoresTitle: 'Ahead',
	scores: {
		p_alive: (v) => `The chance that they return is ${v}`,
		expected_orders: (v) => `Likely to order about ${v} times in the next year`,
		value: (v) => `Worth about ${v} from now on`
	},
	likely: { high: 'very good', good: 'good', low: 'rather low', poor: 'low' },
	interval: (low: string, high: string) => `range ${low}–${high}`,
	scoredAt: (when: string) => `calculated ${when}`,
	missing: 'Known once there are a few more orders.',
	rfmTitle: 'RFM score',
	rfm: { r: 'Recency', f: 'Frequency', m: 'Amount' },
	rfmOf: (n: string) => `${n} of 5`,
	factsTitle: 'So far',
	facts: {
		orders: 'Orders',
		spend: 'Spent',
		refunds: 'Refunds',
		average: 'Average order',
		interval: 'Interval',
		first: 'First order',
		last: 'Last order',
		due: 'Expected'
	},
	orderCount: (n: string) => n,
	intervalDays: (n: string) => `usually ${s(n, 'day')}`,
	products: 'Often chooses',
	productLine: (n: string, when: string) => `${times(n)} · ${when}`,
	contactsTitle: 'Contact',
	contactKinds: { phone: 'Phone', email: 'E-mail', source_id: 'Customer number' },
	noContact: 'No contact on record',
	copy: 'Copy',
	copied: 'Copied.',
	sources: 'From',
	edit: 'Edit',
	editTitle: 'Edit customer',
	staleEdit: 'This card was changed elsewhere in the meantime. The new version is loaded: check it and save again.',
	name: 'Name',
	phone: 'Phone',
	email: 'E-mail',
	addPhone: 'Add a phone number',
	addEmail: 'Add an e-mail address',
	back: 'Customers',
	openFull: 'Open full card',
	composer: 'Note',
	composerPlace: 'What did you talk about?',
	contactQuestion: 'Were you in touch?',
	contacts: { called: 'Called', messaged: 'Messaged', met: 'Met' },
	saveNote: 'Save note',
	noteSaved: 'Note saved.',
	noteRemoved: 'Note removed.',
	happening: {
		open: 'Something else',
		title: 'What happened',
		kind: 'What',
		value: 'Score',
		values: { 'bond.started': 'Level of the bond', 'bond.ended': 'Level of the bond', 'review.written': 'Stars' },
		levels: {
			'bond.started': { 1: '1 financial', 2: '2 social', 3: '3 structural' },
			'bond.ended': { 1: '1 financial', 2: '2 social', 3: '3 structural' },
			'review.written': { 1: '1 star', 2: '2 stars', 3: '3 stars', 4: '4 stars', 5: '5 stars' }
		},
		note: 'Memo',
		save: 'Record',
		done: 'Recorded.'
	},
	visitNow: 'Came today',
	visitSaved: 'Visit recorded.',
	timeline: 'Timeline',
	filterAll: 'All',
	kinds: {
		order: 'Orders',
		refund: 'Refunds',
		visit: 'Visits',
		site_visit: 'Website visits',
		note: 'Notes',
		follow_up: 'Followed up',
		suggestion: 'Suggested',
		need: 'Tastes and needs',
		state: 'States',
		event: 'Other',
		consent: 'Consent',
		created: 'Added',
		request: 'Data request',
		merged: 'Merged',
		unmerged: 'Told apart',
		tie: 'Tie',
		untie: 'Tie removed',
		assessment: 'Assessment',
		tier: 'Tier',
		account: 'Key account'
	},
	keeper: 'Looked after by',
	noKeeper: 'nobody',
	kindFilter: 'Kind of entry',
	orderTitle: (what: string, more: string) => (more ? `${what} and ${more} more` : what),
	orderPlain: 'Order',
	refundPlain: 'Refund',
	noteRemove: 'Delete note',
	by: (who: string) => `by ${who}`,
	lines: 'Show lines',
	quantity: (n: string) => `× ${n}`,
	stateChange: (from: string, to: string) => `from ${from} to ${to}`,
	tierChange: (from, to) =>
		to === null ? `No longer ${from ?? ''}` : from === null ? `Became ${to}` : `From ${from} to ${to}`,
	judged: (what, value) => `${what}: ${value}`,
	accountApproved: 'Became a key account',
	accountRemoved: 'Is no key account any more',
	stateTo: (to: string) => `now ${to}`,
	createdText: 'The card was made',
	requestText: (kind, step) => `${kind}: ${step}`,
	requestSteps: { received: 'request received', answered: 'request answered', refused: 'request refused' },
	mergedText: 'Merged with another record',
	unmergedText: 'Told apart from another record',
	visitText: 'Came by',
	siteVisitText: (pages: string) => (pages === '1' ? 'Saw a page of the website' : `Saw ${pages} pages of the website`),
	orderNo: (n: string) => `order ${n}`,
	noTimeline: 'Nothing yet. Leave a note about what you talked about.',
	noneOfKind: 'Nothing of this kind yet.',
	leaving: 'Do you know why they come less?',
	leavingUnknown: 'Not yet',
	leavingSaved: 'Reason recorded.'
} satisfies typeof ko;
