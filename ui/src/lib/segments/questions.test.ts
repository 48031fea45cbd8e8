import { describe, expect, it } from 'vitest';
import type { Offer, OfferedField } from './api';
import { questions } from './questions';

const offered = (name: string, ops = ['holds']): OfferedField => ({
	name,
	ops,
	kind: 'flag',
	label: { ko: name, en: name },
	choices: [],
	historical: true,
	area: 'orders'
});

describe('questions to begin with', () => {
	const late = (fields: OfferedField[]) =>
		questions({ fields, deeds: [], kinds: [] } satisfies Offer).find(([name]) => name === 'lateRegulars')?.[1];

	it('ask what is known of', () => {
		expect(late([])).toEqual({ all: [{ field: 'was_regular' }, { field: 'late_by', op: '>', value: 0.5 }] });
		expect(late([offered('consent.email'), offered('has_open_complaint')])).toEqual({
			all: [
				{ field: 'was_regular' },
				{ field: 'late_by', op: '>', value: 0.5 },
				{ field: 'consent.email' },
				{ not: { field: 'has_open_complaint' } }
			]
		});
	});
});
