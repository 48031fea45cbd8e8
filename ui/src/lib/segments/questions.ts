/**
 * Questions that shops ask first, as rules to begin with: each is made of what this company's Dangol can ask, so a part
 * that nothing is known of yet is left out.
 */
import type { Offer } from './api';
import type { Rule } from './rule';

export type Question = 'lateRegulars' | 'secondVisit' | 'lostVips' | 'openedOnly' | 'onlyOnce';

const field = (offer: Offer, name: string, rule: Rule): Rule[] =>
	offer.fields.some((field) => field.name === name) ? [rule] : [];

/** Those who agreed to messages, by whichever way of asking there is. */
function agreed(offer: Offer): Rule[] {
	const consent = offer.fields.find((field) => field.name === 'consent.any' || field.name.startsWith('consent'));
	if (!consent) return [];
	return consent.ops.includes('holds')
		? [{ field: consent.name }]
		: [{ field: consent.name, op: '=', value: consent.choices[0]?.name ?? '' }];
}

const opened: Rule = { did: 'did', kind: 'message.opened', within_days: 30 };

/** The questions that can be asked here. */
export function questions(offer: Offer): [Question, Rule][] {
	return [
		[
			'lateRegulars',
			{
				all: [
					{ field: 'was_regular' },
					{ field: 'late_by', op: '>', value: 0.5 },
					...agreed(offer),
					...field(offer, 'has_open_complaint', { not: { field: 'has_open_complaint' } })
				]
			}
		],
		[
			'secondVisit',
			{
				all: [
					{ field: 'order_days', op: '=', value: 1 },
					{ field: 'first_order', op: 'within', value: 60 }
				]
			}
		],
		[
			'onlyOnce',
			{
				all: [
					{ field: 'order_days', op: '=', value: 1 },
					{ field: 'last_order', op: '<', value: { days_ago: 90 } }
				]
			}
		],
		[
			'lostVips',
			{
				all: [
					{ field: 'm', op: '>=', value: 4 },
					{ field: 'state', op: 'in', value: ['dormant', 'lost'] }
				]
			}
		],
		['openedOnly', { all: [opened, { not: { did: 'ordered', within_days: 30 } }] }]
	];
}
