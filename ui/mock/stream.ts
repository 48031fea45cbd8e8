/** The event stream of the mock, and jobs that count up in it. */
import type { ServerResponse } from 'node:http';

interface Job {
	id: string;
	kind: string;
	state: 'queued' | 'running' | 'done' | 'failed';
	done: number;
	total: number;
	phase: string;
	started_at: string | null;
	finished_at: string | null;
}

export const listeners = new Set<ServerResponse>();
export const jobs = new Map<string, Job>();
const TICK_MS = 300;
let last = 0;

export function tell(event: string, data: unknown): void {
	for (const listener of listeners) listener.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** A job of `ms` over `total` steps; `end` is called before its last event. */
export function startJob(kind: string, phases: string[], total: number, ms: number, end: () => void): Job {
	const started = Date.now();
	const job: Job = {
		id: `job_${++last}`,
		kind,
		state: 'running',
		done: 0,
		total,
		phase: phases[0] ?? 'reading',
		started_at: new Date(started).toISOString(),
		finished_at: null
	};
	jobs.set(job.id, job);
	const timer = setInterval(() => {
		const share = Math.min(1, (Date.now() - started) / ms);
		job.done = Math.round(total * share);
		job.phase = phases[Math.min(phases.length - 1, Math.floor(share * phases.length))] ?? job.phase;
		if (share === 1) {
			clearInterval(timer);
			Object.assign(job, { state: 'done', finished_at: new Date().toISOString() });
			end();
		}
		tell('job', job);
		if (share === 1) tell('changed', { topics: ['parties', 'imports', 'today', 'measure'] });
	}, TICK_MS);
	return job;
}
