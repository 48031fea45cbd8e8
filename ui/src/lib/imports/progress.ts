/** How much of an import is done, in the unit its job counts in: bytes while a file is read, else rows. */
import type { Import, JobState } from '$lib/api/types';
import { fmt, i18n } from '$lib/i18n';

export function amountDone(job: JobState, item: Pick<Import, 'size'>): string {
	const t = i18n.t.imports;
	if (job.total === item.size) return t.sentOf(fmt.bytes(job.done), fmt.bytes(job.total));
	if (job.total > 0) return t.ofTotal(fmt.number(job.done), fmt.number(job.total));
	return job.done > 0 ? t.linesDone(fmt.number(job.done)) : '';
}
