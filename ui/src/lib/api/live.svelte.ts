/**
 * Live updates over one event stream: running jobs (also after a reload) and topics that changed.
 * A page's `load` calls `depends(topic('parties'))`; the stream makes it run again, at most twice a second.
 */
import { invalidate } from '$app/navigation';
import { navigating } from '$app/state';
import { SvelteMap } from 'svelte/reactivity';
import { i18n } from '$lib/i18n';
import { get, ROOT } from './client';
import type { Id, JobState, Topic } from './types';

/** How long a finished job stays in the list, so that people see that it ended. */
const LINGER_MS = 8_000;
const GATHER_MS = 500;
const PATIENCE_MS = 4_000;
const AGAIN_MS = 5_000;
/** After so long the server surely compares with what it saw when the stream opened. */
const SEEN_MS = 1_000;
/** A job that ended so recently may have ended after the page was read and before the stream was open. */
const JUST_MS = 60_000;
const ALL: Topic[] = ['parties', 'imports', 'today', 'measure', 'choose', 'company'];

export const topic = (name: Topic): `dangol:${Topic}` => `dangol:${name}`;

class Live {
	readonly jobs = new SvelteMap<Id, JobState>();
	/** Whether the stream is open; false while the browser reconnects. */
	connected = $state(false);
	/** True once the stream has been broken long enough to tell people. */
	lost = $state(false);
	/** The last sentence worth saying aloud: a job's end. Read by the aria-live region of the shell. */
	ended = $state<JobState | null>(null);
	readonly running = $derived([...this.jobs.values()].filter(isActive));

	#stream: EventSource | null = null;
	#changed = new Set<string>();
	#timer: ReturnType<typeof setTimeout> | null = null;
	#patience: ReturnType<typeof setTimeout> | undefined;
	#again: ReturnType<typeof setTimeout> | undefined;

	open(): void {
		if (this.#stream) return;
		void this.#catchUp();
		const stream = new EventSource(`${ROOT}/live`);
		stream.onopen = () => this.#opened();
		stream.onerror = () => this.#broke(stream);
		stream.addEventListener('job', (event) => this.track(JSON.parse(event.data) as JobState));
		stream.addEventListener('changed', (event) => this.touch((JSON.parse(event.data) as { topics: Topic[] }).topics));
		this.#stream = stream;
	}

	close(): void {
		this.#stream?.close();
		this.#stream = null;
		clearTimeout(this.#patience);
		clearTimeout(this.#again);
		this.connected = this.lost = false;
		this.jobs.clear();
	}

	/** Takes a job's newest state: from the stream, or from the answer that started it. */
	track(job: JobState): void {
		const before = this.jobs.get(job.id);
		if (before && !isActive(before) && isActive(job)) return;
		this.jobs.set(job.id, job);
		if (isActive(job)) return;
		if (!before || isActive(before)) this.ended = job;
		setTimeout(() => this.jobs.delete(job.id), LINGER_MS);
	}

	/** Marks topics as changed; pages that depend on them load again. */
	touch(topics: readonly Topic[]): void {
		topics.forEach((t) => this.#changed.add(topic(t)));
		this.#timer ??= setTimeout(() => void this.#loadAgain(), GATHER_MS);
	}

	/** Waits for a navigation that is under way: loading again would break it off, and the press would be lost. */
	async #loadAgain(): Promise<void> {
		await navigating.complete?.catch(() => {});
		this.#timer = null;
		const names = [...this.#changed];
		this.#changed.clear();
		await invalidate((url) => names.includes(url.href));
	}

	#opened(): void {
		// After a break, anything may have been missed.
		if (this.lost) this.touch(ALL);
		setTimeout(() => void this.#catchUp(), SEEN_MS);
		clearTimeout(this.#patience);
		this.#patience = undefined;
		this.connected = true;
		this.lost = false;
	}

	/** The browser tries again by itself, except after a refusal; then a new stream is opened (401 leads to sign-in). */
	#broke(stream: EventSource): void {
		this.connected = false;
		this.#patience ??= setTimeout(() => (this.lost = true), PATIENCE_MS);
		if (stream.readyState !== EventSource.CLOSED) return;
		this.#stream = null;
		clearTimeout(this.#again);
		this.#again = setTimeout(() => this.open(), AGAIN_MS);
	}

	async #catchUp(): Promise<void> {
		try {
			const jobs = await get<JobState[]>('/jobs');
			const known = jobs.filter((job) => isActive(job) || this.jobs.has(job.id));
			known.forEach((job) => this.track(job));
			const since = i18n.clock.getTime() - JUST_MS;
			if (jobs.some((job) => job.finished_at && Date.parse(job.finished_at) > since)) this.touch(ALL);
		} catch {
			// The stream itself tells of later changes; a failed first look costs nothing.
		}
	}
}

export const isActive = (job: JobState): boolean => job.state === 'queued' || job.state === 'running';

/** Resolves with the job's last state. Works from the stream, with a slow poll in case it is broken. */
export function settled(start: JobState, signal?: AbortSignal): Promise<JobState> {
	live.track(start);
	return new Promise((resolve, reject) => {
		const look = async () => {
			let job = live.jobs.get(start.id);
			if (!job || (!live.connected && isActive(job))) job = await get<JobState>(`/jobs/${start.id}`).catch(() => job);
			if (job) live.track(job);
			if (job && !isActive(job)) stop(() => resolve(job));
		};
		const timer = setInterval(() => void look(), 700);
		const stop = (then: () => void) => {
			clearInterval(timer);
			then();
		};
		signal?.addEventListener('abort', () => stop(() => reject(signal.reason)));
		void look();
	});
}

export const live = new Live();
