/** What plugging holes of the bucket does: next = level + inflow − loss rate × level, steady state = inflow / loss rate. */
import type { Hole, Leak } from '$lib/api/measure';

export interface Plugged {
	lossRate: number | null;
	/** Where the level comes to rest; null when nothing leaks any more, so that it never does. */
	steady: number | null;
	/** People more than without the plugs. */
	extra: number | null;
}

/** One plug is the server's own answer; several share the same arithmetic. */
export function plug(
	leak: Pick<Leak, 'inflow' | 'outflow' | 'loss_rate' | 'steady_state' | 'holes'>,
	reasons: ReadonlySet<string>
): Plugged {
	const closed = leak.holes.filter((hole) => reasons.has(hole.reason));
	if (closed.length === 1) return one(closed[0] as Hole);
	if (closed.length === 0 || leak.loss_rate === null || leak.outflow === 0) {
		return { lossRate: leak.loss_rate, steady: leak.steady_state, extra: 0 };
	}
	const kept = closed.reduce((sum, hole) => sum + hole.count, 0);
	const lossRate = leak.loss_rate * Math.max(0, 1 - kept / leak.outflow);
	const steady = lossRate > 0 ? Math.round(leak.inflow / lossRate) : null;
	return { lossRate, steady, extra: steady === null || leak.steady_state === null ? null : steady - leak.steady_state };
}

const one = ({ plugged }: Hole): Plugged => ({
	lossRate: plugged.loss_rate,
	steady: plugged.loss_rate === 0 ? null : plugged.steady_state,
	extra: plugged.loss_rate === 0 ? null : plugged.extra_people
});
