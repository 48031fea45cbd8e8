import type ko from '../ko/economics';

export default {
	short: 'Winning and keeping',
	title: 'Does winning cost more than keeping?',
	lead: (from, to) =>
		`What you spent from ${from} to ${to}, shared out over those who came first and those who stayed.`,
	index: 'What it costs to win one customer, and to keep one',
	acquisition: 'To win one customer',
	retention: 'To keep one customer',
	acquisitionHow: (cost, people) => `${cost} spent, ${people} came for the first time.`,
	retentionHow: (cost, people) => `${cost} spent, ${people} kept.`,
	ratio: (times) => `Winning a customer costs ${times} times as much as keeping one.`,
	ratioLess: (times) => `Winning a customer costs only ${times} times as much as keeping one.`,
	ratioLabel: 'Your shop',
	reference: (times) => `the usual “${times} times”`,
	referenceNote:
		'“Six times” is a rule of thumb from books. Studies range from five to seven, so it is drawn only to compare with.',
	times: (n) => `${n}×`,
	payback: 'Time to earn it back',
	paybackMonths: (n) => `${n} months`,
	clvCac: 'Lifetime value ÷ cost of winning',
	byMedium: 'Where was it spent?',
	medium: 'Where',
	cost: 'Spent',
	missingAcquisition: 'Enter what was spent on winning customers to see this.',
	missingRetention: 'Enter what was spent on keeping customers to see this.',
	missingRatio: 'Enter both kinds of cost to compare them.'
} satisfies typeof ko;
