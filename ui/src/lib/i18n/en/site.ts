/** Visits of the company's own website. */
import type ko from '../ko/site';

const site: typeof ko = {
	short: 'Website visits',
	link: 'Who comes to the website, as far as they agree',
	title: 'Website visits',
	lead: 'Two lines in your website count which pages visitors see and where they come from, once they agree. Before that nothing is sent or stored.',
	on: 'Count visits of the website',
	origins: 'Addresses of the website',
	originsHint: 'Several with commas between. Only pages of these addresses are taken.',
	keptDays: 'How long are visits of signed-in customers kept?',
	keptDaysHint: 'After that they are deleted. Of visitors nobody knows, numbers alone are kept from the start.',
	saved: 'Saved',
	embed: 'Code for the website',
	embedLead: 'Put it into the <head> of every page. It sets no cookie and sends nothing to other companies.',
	asking: 'Who asks visitors?',
	banner: 'Dangol asks with a bar (Korean and English)',
	copy: 'Copy code',
	copied: 'Copied',
	noAddress:
		'This address opens on this machine alone. Set the public address under Mail in the settings, and it becomes one that the website can reach.',
	calls: 'What the website’s own code can say',
	callWords: {
		agree: 'When the visitor agrees. Counting begins here.',
		takeBack: 'When they take it back. What lies in the browser is deleted, and nothing more is counted.',
		ask: 'Shows the bar again. Put it behind a link such as “visit records” at the foot of the page.',
		visitor:
			'For signed-in customers: the token that the website’s server gets from POST /api/v1/site/tokens. Their visit then stands in their record. Never put an e-mail address here.',
		page: 'On websites that change the view without loading a page: when it changes.'
	},
	figures: 'The last 30 days',
	none: 'No visit was counted yet',
	noneLead: 'Put the code in, open the website and agree: it appears here at once.',
	total: (visits, pages, known) =>
		`${visits} visits, ${pages} pages seen. ${known} of the visits were of customers who are known.`,
	byPage: 'Which pages were seen?',
	bySource: 'Where did they come from?',
	byCampaign: 'Through which campaign?',
	page: 'Page',
	source: 'Source',
	campaign: 'Campaign',
	direct: 'By themselves, or unknown',
	visits: 'Visits',
	pages: 'Pages seen',
	honest:
		'Only visits of people who agreed are counted, so there were more. They come through an address that anybody can open: do not use them as exact accounts.'
};
export default site;
