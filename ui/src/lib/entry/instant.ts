/** Local day and time of a zone as an instant, without a date library. */
import type { Day, Instant } from '$lib/api/types';

/** Minutes the zone is ahead of UTC at an instant. */
function ahead(zone: string, at: number): number {
	const parts = new Intl.DateTimeFormat('en-CA', {
		timeZone: zone,
		hourCycle: 'h23',
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
		hour: '2-digit',
		minute: '2-digit'
	}).formatToParts(at);
	const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
	const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'));
	return Math.round((local - Math.floor(at / 60_000) * 60_000) / 60_000);
}

/**
 * The instant at which clocks in `zone` show `day` and `time` (`15:05`). Where clocks are put back, the earlier
 * of the two; where they skip the time, the moment after the gap.
 */
export function instantOf(zone: string, day: Day, time: string): Instant {
	const wall = Date.parse(`${day}T${time}:00Z`);
	const first = wall - ahead(zone, wall - 86_400_000) * 60_000;
	const at = ahead(zone, first) === ahead(zone, wall - 86_400_000) ? first : wall - ahead(zone, first) * 60_000;
	return new Date(at).toISOString().replace('.000Z', 'Z');
}
