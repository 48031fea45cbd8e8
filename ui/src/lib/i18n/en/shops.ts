/** Shops that tell by themselves. */
import type ko from '../ko/shops';

const shops: typeof ko = {
	short: 'Shop connections',
	title: 'Shop connections',
	lead: 'Online shops tell of orders and refunds by themselves. A file of the same shop, imported later, counts nothing twice.',
	link: 'Orders of online shops come in by themselves',
	add: 'Connect a shop',
	none: 'No shop is connected yet',
	noneLead:
		'Shopify, WooCommerce, Stripe, Square, Cafe24 and Naver SmartStore can be connected. Choose one and follow the steps.',
	kind: 'Which kind of shop?',
	kinds: {
		shopify: 'Shopify',
		woocommerce: 'WooCommerce',
		stripe: 'Stripe',
		square: 'Square',
		cafe24: 'Cafe24',
		smartstore: 'Naver SmartStore'
	},
	name: 'Name of the shop',
	nameHint: 'By which you know it on screen.',
	account: 'Account',
	accountHint: 'With more than one shop of a kind: the account name that you give when you import its files.',
	address: 'Delivery address',
	copy: 'Copy address',
	copied: 'Copied',
	noAddress:
		'This address is reached from this machine alone. Set the public address under Mail in the settings to see the one that shops can reach.',
	toMail: 'Set the public address',
	setUp: 'How to connect',
	setUpOf: (name) => `How to connect ${name}`,
	steps: {
		shopify: [
			'In the Shopify admin open Settings, Notifications, Webhooks.',
			'Create webhooks for order creation, update and cancellation and for customer creation and update, as JSON, to the delivery address.',
			'Copy the signing key shown below the list and enter it here.'
		],
		woocommerce: [
			'Make a secret below. It is shown once.',
			'In WordPress open WooCommerce, Settings, Advanced, Webhooks and add a webhook.',
			'One for each topic (order created, order updated, customer created, customer updated), with the delivery address and the secret, status active.',
			'After five failures WooCommerce turns a webhook off: if nothing comes any more, turn it on there again.'
		],
		stripe: [
			'In the Stripe dashboard open Developers, Webhooks and add the delivery address as a destination.',
			'Choose charge.succeeded, charge.captured, charge.updated, charge.refunded, customer.created and customer.updated.',
			'Copy the signing secret (whsec_…) and enter it here.'
		],
		square: [
			'In the Square developer console open your app, Webhooks, Subscriptions and add the delivery address.',
			'Choose payment.created, payment.updated, refund.created, refund.updated, customer.created and customer.updated.',
			'Copy the signature key and enter it here.',
			'Square tells the sum of a payment alone. The items come with the file of item sales.'
		],
		cafe24: [
			'In the Cafe24 developer centre open the webhooks of your app and enter the delivery address.',
			'Choose order received (90023), payment status (90025), cancellation status (90026) and sign-up (90032).',
			'Enter the API key shown there, or the client secret of the app, here.',
			'Cafe24 tells the sum of an order alone, and loses a delivery now and then. Nightly comparison, below, finds what was missed; an order file brings the items.'
		]
	},
	secret: 'Secret',
	secretHint: 'The key that the shop shows. Once saved it is not shown again.',
	saveSecret: 'Save secret',
	makeSecret: 'Make a secret',
	secretSaved: 'The secret was saved',
	secretMade: 'The secret',
	secretOnce: 'Enter it in the webhook settings of the shop. It is shown now and never again.',
	copySecret: 'Copy secret',
	former: (until) => `The former secret is taken as well until ${until}.`,
	dropFormer: 'Stop taking the former',
	formerDropped: 'The former secret is not taken any more',
	noSecret: 'No secret yet',
	quiet: 'Nothing came yet',
	listening: 'Listening',
	last: 'Last delivery',
	waiting: (count) => `${count} being applied`,
	failed: (count) => `${count} could not be applied`,
	refused: (count, at) => `${count} with a wrong signature (the last one ${at}). Check the secret.`,
	deliveries: 'Deliveries',
	deliveriesOf: (name) => `Deliveries of ${name}`,
	noDeliveries: 'Nothing came yet. Place a test order at the shop and it appears here.',
	when: 'When',
	what: 'What',
	state: 'Result',
	doWhat: 'To do',
	states: { waiting: 'Waiting', applied: 'Applied', nothing: 'Nothing to do', failed: 'Not applied' },
	outcomes: {
		new: 'New',
		changed: 'What changed was taken over',
		unchanged: 'Known already',
		older: 'Something newer came first',
		no_order: 'Not an order yet (unpaid or failed)',
		not_paid: 'Taken over once it is paid',
		in_detail: 'Its items are here already, from a file',
		asked_only: 'Cancellation was asked for; taken over once it is decided',
		not_ours: 'A kind that is not used',
		test: 'A test order, left out',
		request: 'A privacy request was opened',
		nobody_known: 'Nobody who is known',
		nobody_named: 'No contact by which somebody is known',
		erased: 'Somebody who was erased; not brought back',
		shop_redact: 'The shop removed the app; your data stays',
		app_deleted: 'The shop removed the app',
		slow: 'The shop answered so slowly that the comparison did not end. It is tried again by itself; fewer days or orders at once help.',
		unreadable: 'Cannot be read',
		body_gone: 'What was told is not kept any more',
		broken: 'Could not be saved. Apply it again in a while',
		date_missing: 'No date',
		date_unreadable: 'The date cannot be read',
		date_out_of_range: 'The date is out of range',
		amount_missing: 'No amount',
		amount_unreadable: 'The amount cannot be read',
		amount_out_of_range: 'The amount is too large',
		amount_in_other_currency: 'The amount is in another currency',
		quantity_unreadable: 'The quantity cannot be read',
		currency_unreadable: 'The currency cannot be read'
	},
	replay: 'Apply again',
	replayAll: 'Apply all again',
	replayed: 'Being applied again',
	onlyFailed: 'Only those not applied',
	all: 'All',
	more: 'Show more',
	remove: 'Disconnect',
	removeTitle: (name) => `Disconnect ${name}?`,
	removeLead: 'The delivery address and the deliveries go. Orders and customers that came by it stay.',
	removed: 'Disconnected',
	fetching: 'Fetching',
	fetchLead: 'This shop tells nothing by itself. Dangol asks it every few minutes which orders changed.',
	reconcile: 'Nightly comparison',
	reconcileLead:
		'Deliveries of Cafe24 get lost now and then. At four each morning the orders of the last days are compared with what came, and what was missed is applied.',
	fetchSteps: {
		smartstore: [
			'In the Commerce API center (apicenter.commerce.naver.com) create an application with the order API for sellers.',
			'Enter the address of the network from which Dangol calls among the API call IPs: Naver does not answer others.',
			'Copy the application ID and secret and enter them here. Relay numbers are never used as contacts.'
		],
		cafe24: [
			'Give your app in the Cafe24 developer centre the scope to read orders (mall.read_order) and install it in the mall.',
			'Enter the refresh token that you get when the app is authorised, the client ID and the client secret here.',
			'A refresh token that is not used for two weeks ends. Dangol changes it for a new one each night.'
		]
	},
	fetchOn: 'Ask which orders changed',
	nightlyOn: 'Compare each night',
	mall: 'Address of the mall’s API',
	mallHint: 'For a mall called mymall it is https://mymall.cafe24api.com.',
	clientId: 'Application ID (client ID)',
	clientSecret: 'Application secret (client secret)',
	clientSecretNew: 'New secret (empty: as it is)',
	refreshToken: 'Refresh token',
	refreshTokenNew: 'New refresh token (empty: as it is)',
	refreshTokenHint: 'Once saved it is not shown again.',
	advanced: 'Addresses and how often',
	base: 'Address of the API',
	tokenPath: 'Path of tokens',
	listPath: 'Path of changed orders',
	detailPath: 'Path of what orders are',
	pageLimit: 'Orders at once',
	everyMinutes: 'Every how many minutes?',
	backDays: 'How many days back?',
	fetchSaved: 'Saved',
	notAsked: 'Not asked yet',
	asked: 'Being asked',
	noAnswer: 'Does not answer',
	fetched: 'Asked last',
	asking: 'Being asked. Open this page again in a moment',
	askNow: 'Ask now',
	askAgain: 'Ask again',
	missed: (last, all) => `The last comparison found and applied ${last} missed deliveries; ${all} in all so far.`,
	foundLater: 'Found by comparing',
	faults: {
		credentials:
			'The shop does not take the ID or the secret. Enter them again under “How to connect”. For SmartStore check the API call IPs, for Cafe24 whether the refresh token has ended.',
		forbidden: 'The app may not read orders. Give it that scope at the shop, then ask again.',
		busy: 'The shop was asked too often. It is asked again by itself in a while.',
		unreached:
			'The shop was not reached. Check the connection and the address of the API. It is asked again by itself.',
		failing: 'Something is wrong at the shop. It is asked again by itself.',
		unreadable:
			'The answer of the shop cannot be read. Check under “How to connect”, “Addresses and how often”, whether paths have changed.',
		address: 'The address of the API cannot be connected to. It must be a public one with https://.'
	}
};
export default shops;
