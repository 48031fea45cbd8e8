import type ko from '../ko/quality';

export default {
	title: (score: string) => `The quality of your customer data is ${score} of 100`,
	titleNone: 'Quality of your customer data',
	short: 'Data quality',
	lead: 'Press what is wrong to see who it is about. With sound data regulars show and figures are right.',
	partsTitle: 'What the score is made of',
	weight: (n) => `weight ${n}`,
	unknown: 'Nothing to count yet',
	ofAll: (share, n) => `${share} of ${n}`,
	open: 'Have a look',
	parts: {
		reachable: {
			title: 'Customers you can reach',
			wrong: (n) => `${n} without phone and e-mail`,
			good: 'All can be reached'
		},
		named: { title: 'Customers with a name', wrong: (n) => `${n} without a name`, good: 'All have a name' },
		single: {
			title: 'Customers entered once',
			wrong: (n) => `${n} ${n === '1' ? 'pair seems' : 'pairs seem'} to be the same person`,
			good: 'Nobody is entered twice'
		},
		rows: { title: 'Rows that were read', wrong: (n) => `${n} could not be read`, good: 'All were read' },
		products: {
			title: 'Orders with a product',
			wrong: (n) => `${n} lines without a product`,
			good: 'All have a product'
		}
	},
	checklistTitle: (share) => `${share} of setting up is done`,
	checklistDone: 'Everything is set up',
	steps: {
		company: 'Check your company',
		import: 'Import orders or customers',
		costs: 'Enter what you spend',
		refit: 'Calculate lifetime value',
		duplicates: 'Sort out records of the same customer',
		question: 'Choose a question for your customers',
		memo: 'Write a first note'
	},
	done: 'Done',
	todo: 'To do'
} satisfies typeof ko;
