/**
 * The one way to the server. Every answer that is not 2xx becomes an {@link ApiError} made from the
 * problem document (RFC 9457), whose `detail` is already a sentence in the person's language.
 */
import type { Problem, FieldProblem } from './types';

export const ROOT = '/api/v1';

export type QueryValue = string | number | boolean | null | undefined | readonly string[];
export type Query = Record<string, QueryValue> | URLSearchParams;

export interface Options {
	query?: Query;
	signal?: AbortSignal;
	/** ETag of the version that was edited; a newer one on the server answers 412. */
	ifMatch?: string;
}

/** A refusal by the server, or no answer at all (`status` 0). */
export class ApiError extends Error {
	override name = 'ApiError';
	constructor(
		readonly status: number,
		readonly problem: Problem,
		/** Seconds to wait before trying again, from `Retry-After`. */
		readonly retryAfter: number | null = null
	) {
		super(problem.detail ?? problem.title);
	}
	get code(): string {
		return this.problem.code;
	}
	get fields(): FieldProblem[] {
		return this.problem.fields ?? [];
	}
	/** The sentence for one form field, if the server named it. */
	field(name: string): string | undefined {
		return this.fields.find((f) => f.field === name)?.detail;
	}
}

/** The few things only the app knows; set once at start (`connect`), so this module stays free of the UI. */
interface Host {
	language(): string;
	/** Words for "no connection", in the current language. */
	offline(): string;
	/** Called on 401 to a request that needs a session. */
	signedOut(): void;
	/** Asks the person to prove who they are; tells whether they did. */
	prove?(): Promise<boolean>;
}

let host: Host = { language: () => 'ko', offline: () => '', signedOut: () => {} };

export function connect(to: Host): void {
	host = to;
}

/** A path under the API with its query; empty, null and undefined values are left out. */
export function path(to: string, query?: Query): string {
	const params = query instanceof URLSearchParams ? query : search(query ?? {});
	const text = params.toString();
	return `${ROOT}${to}${text ? `?${text}` : ''}`;
}

function search(query: Record<string, QueryValue>): URLSearchParams {
	const params = new URLSearchParams();
	for (const [key, value] of Object.entries(query)) {
		if (value === null || value === undefined || value === '') continue;
		params.set(key, Array.isArray(value) ? value.join(',') : String(value));
	}
	return params;
}

/** Body and the version it was read at. */
export interface Versioned<T> {
	value: T;
	etag: string | null;
}

async function send(
	method: string,
	to: string,
	body: BodyInit | null,
	type: string | null,
	options: Options,
	again = false
): Promise<Response> {
	const headers: Record<string, string> = { accept: 'application/json', 'accept-language': host.language() };
	if (type) headers['content-type'] = type;
	if (options.ifMatch) headers['if-match'] = options.ifMatch;
	let response: Response;
	try {
		response = await fetch(path(to, options.query), { method, headers, body, signal: options.signal });
	} catch (cause) {
		if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
		const detail = host.offline();
		throw new ApiError(0, { type: 'about:blank', title: detail, status: 0, code: 'offline', detail });
	}
	if (response.ok) return response;
	const refused = await refusal(response, to);
	if (refused.code === 'proof_needed' && !again && (await host.prove?.())) {
		return send(method, to, body, type, options, true);
	}
	throw refused;
}

async function refusal(response: Response, to: string): Promise<ApiError> {
	const problem = await problemOf(response);
	const wait = Number(response.headers.get('retry-after'));
	if (response.status === 401 && !to.startsWith('/session')) host.signedOut();
	return new ApiError(response.status, problem, wait > 0 ? wait : null);
}

async function problemOf(response: Response): Promise<Problem> {
	const plain = { type: 'about:blank', title: response.statusText, status: response.status, code: 'unexpected' };
	try {
		return { ...plain, ...((await response.json()) as Partial<Problem>) };
	} catch {
		return { ...plain, detail: `${host.offline()} (${response.status})` };
	}
}

async function read<T>(response: Response): Promise<T> {
	if (response.status === 204) return undefined as T;
	const text = await response.text();
	return (text ? JSON.parse(text) : undefined) as T;
}

async function json<T>(method: string, to: string, body: unknown, options: Options): Promise<T> {
	const text = body === undefined ? null : JSON.stringify(body);
	return read<T>(await send(method, to, text, 'application/json', options));
}

export const get = async <T>(to: string, options: Options = {}): Promise<T> =>
	read<T>(await send('GET', to, null, null, options));

/** As {@link get}, with the ETag to pass back as `ifMatch`. */
export async function getVersioned<T>(to: string, options: Options = {}): Promise<Versioned<T>> {
	const response = await send('GET', to, null, null, options);
	return { etag: response.headers.get('etag'), value: await read<T>(response) };
}

export const post = <T>(to: string, body: unknown = {}, options: Options = {}) => json<T>('POST', to, body, options);
export const put = <T>(to: string, body: unknown, options: Options = {}) => json<T>('PUT', to, body, options);
export const del = <T = void>(to: string, options: Options = {}) => json<T>('DELETE', to, undefined, options);

/**
 * Sends a file as it is (`application/octet-stream`) and tells how much has gone.
 * XMLHttpRequest, because fetch cannot report upload progress.
 */
export function upload<T>(
	to: string,
	file: Blob,
	query: Query,
	progress: (sent: number, total: number) => void
): Promise<T> {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open('POST', path(to, query));
		request.setRequestHeader('content-type', 'application/octet-stream');
		request.setRequestHeader('accept-language', host.language());
		request.upload.onprogress = (event) => progress(event.loaded, event.total);
		request.onload = () => {
			const response = new Response(request.responseText || null, {
				status: request.status,
				statusText: request.statusText
			});
			if (response.ok) read<T>(response).then(resolve, reject);
			else refusal(response, to).then(reject, reject);
		};
		request.onerror = () =>
			reject(
				new ApiError(0, {
					type: 'about:blank',
					title: host.offline(),
					status: 0,
					code: 'offline',
					detail: host.offline()
				})
			);
		request.send(file);
	});
}

/** The sentence to show for anything that was thrown. */
export function sentence(error: unknown): string {
	return error instanceof Error && error.message ? error.message : host.offline();
}
