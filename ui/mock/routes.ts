/** The mock's table of routes and the way to refuse. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Call {
	url: URL;
	params: Record<string, string>;
	body: unknown;
	request: IncomingMessage;
	response: ServerResponse;
}

type Handler = (call: Call) => unknown;

export const routes: { method: string; pattern: RegExp; handler: Handler }[] = [];

/** `route('GET /parties/:id', ({ params }) => …)`; undefined answers 204. */
export function route(spec: string, handler: Handler): void {
	const [method, path] = spec.split(' ') as [string, string];
	const pattern = new RegExp(`^/api/v1${path.replace(/\./g, '\\.').replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
	routes.push({ method, pattern, handler });
}

export const problem = (status: number, code: string, detail: string, more: object = {}) => ({
	type: 'about:blank',
	title: detail,
	status,
	code,
	detail,
	...more
});
