import type ko from '../ko/value';

export default {
	short: 'Lifetime value',
	title: 'What will customers still bring?',
	lead: (day) => `Estimated from the orders up to ${day}.`,
	index: 'What each person is still worth, and how well the estimate holds',
	total: 'Value to come',
	expected: 'Orders within a year',
	orders: (n) => n,
	customers: 'Customers estimated',
	refit: 'Work out again',
	refitting: 'Working it out again',
	findings: 'What stands out',
	findingWords: {
		value_concentrated: {
			say: ({ share, people }) => `${share} of the value lies with the top ${people} people.`,
			act: 'Look after them first'
		},
		late_valuable: { say: ({ people }) => `${people} valuable customers are later than usual.`, act: 'Get in touch' },
		late_regulars: { say: ({ people }) => `${people} regulars are later than usual.`, act: 'Get in touch' },
		second_visit_weak: {
			say: ({ share }) => `Only ${share} of first-time guests came again.`,
			act: 'See who came once'
		},
		second_visit: { say: ({ share }) => `${share} of first-time guests came again.`, act: 'See who came once' },
		one_visit_away: { say: ({ people }) => `${people} people are one visit away from being regulars.`, act: 'See who' },
		relationship_down: {
			say: ({ share }) => `Revenue from returning customers fell to ${share}.`,
			act: 'See where it leaks'
		},
		relationship_up: {
			say: ({ share }) => `Revenue from returning customers rose to ${share}.`,
			act: 'See the regulars'
		},
		leak_growing: { say: ({ share }) => `The monthly leak grew to ${share}.`, act: 'See who left' },
		dormant_valuable: { say: ({ people }) => `${people} valuable customers are dormant.`, act: 'Win them back' }
	},
	findingOther: 'Some customers are worth a look.',
	findingAct: 'See who',
	monthSoFar: (month: string) => `${month} (so far)`,
	relationTitle: 'Does revenue come from relationships?',
	relationSay: (share) => `${share} of revenue came from customers who returned.`,
	relationNone: 'No revenue from returning customers yet.',
	first: 'First-time',
	repeat: 'Returning',
	month: 'Month',
	tipRelation: (month, repeat, first) => `${month}\nReturning ${repeat}\nFirst-time ${first}`,
	decileTitle: 'How few people hold the value?',
	decileSay: (share) => `The top 10% bring ${share} of the value to come.`,
	decile: (n) => `top ${n}%`,
	decileRow: (from, to) => `${from}–${to}%`,
	decileAxis: 'Most valuable first',
	people: 'People',
	value: 'Value',
	tipDecile: (range, people, money) => `By value, ${range}\n${people} people\n${money}`,
	calibrationTitle: 'Does the estimate hold?',
	calibrationSay:
		'Estimated from the first part of the time alone, then compared with what really happened. The closer the lines, the better.',
	actual: 'Actual',
	expectedLine: 'Estimate',
	before: 'Repeat orders before',
	beforeTimes: (n) => `${n}`,
	average: 'Orders after',
	tipCalibration: (n, actual, expected, people) =>
		`${people} people with ${n} repeat orders before\nActual ${actual}\nEstimate ${expected}`,
	models: 'Models used',
	modelsLead: 'The number and days of orders say how likely a return is; amounts say how much is spent each time.',
	modelNames: {
		bg_nbd: 'BG/NBD: how long and how often people come',
		mbg_nbd: 'MBG/NBD: even one-time guests may have left',
		gamma_gamma: 'Gamma-Gamma: how much is spent each time'
	},
	notRunTitle: 'Not worked out yet',
	notRun: 'Shall the value to come be worked out from the orders so far?',
	firstRun: 'Work it out',
	basis: 'Counted in',
	bases: { margin: 'Margin', revenue: 'Revenue' },
	missing: 'More returning customers are needed to estimate what comes.',
	need: (have, need) => `${have} customers have returned; ${need} are needed.`,
	noCalibration: 'A longer time of orders is needed to compare.'
} satisfies typeof ko;
