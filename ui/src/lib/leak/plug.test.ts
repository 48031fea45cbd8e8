import { describe, expect, it } from 'vitest';
import { plug } from './plug';

const hole = (
	reason: string,
	count: number,
	loss_rate: number,
	steady_state: number | null,
	extra_people: number | null
) => ({
	reason,
	inferred: false,
	avoidable: true,
	count,
	share_of_outflow: count / 80,
	value: null,
	plugged: { loss_rate, steady_state, extra_people }
});
/** Level 1,000, inflow 100 a month, loss 8 %: steady state 1,250; with 6 % it is 1,667. */
const leak = {
	inflow: 100,
	outflow: 80,
	loss_rate: 0.08,
	steady_state: 1250,
	holes: [hole('price', 20, 0.06, 1667, 417), hole('moved', 60, 0.02, 5000, 3750)]
};

describe('plug', () => {
	it('changes nothing without a plug', () => {
		expect(plug(leak, new Set())).toEqual({ lossRate: 0.08, steady: 1250, extra: 0 });
	});
	it('takes the answer of the server for one hole', () => {
		expect(plug(leak, new Set(['price']))).toEqual({ lossRate: 0.06, steady: 1667, extra: 417 });
	});
	it('has no steady state once nothing leaks', () => {
		expect(plug(leak, new Set(['price', 'moved']))).toEqual({ lossRate: 0, steady: null, extra: null });
	});
	it('adds up several holes', () => {
		const three = {
			...leak,
			outflow: 100,
			loss_rate: 0.1,
			steady_state: 1000,
			holes: [...leak.holes, hole('other', 20, 0.08, 1250, 250)]
		};
		expect(plug(three, new Set(['price', 'other']))).toMatchObject({ steady: 1667, extra: 667 });
	});
});
