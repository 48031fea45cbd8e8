import type { Day } from '$lib/api/types';

/** The day so many days before another. */
export function before(day: Day, days: number): Day {
	const at = new Date(`${day}T00:00:00Z`);
	at.setUTCDate(at.getUTCDate() - days);
	return at.toISOString().slice(0, 10);
}
