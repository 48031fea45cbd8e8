/**
 * Answers `/api/v1` during `npm run dev`, so that pages can be drawn without a server. Never part of the build.
 * Each area of the API adds its routes in a file of its own (`mock/*.ts`): `route('GET /parties/:id', handler)`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { problem, routes, type Call } from './routes.ts';
import './parties.ts';
import './session.ts';
import './choose.ts';
import './entry.ts';
import './imports.ts';
import './measure.ts';

function read(request: IncomingMessage): Promise<string> {
	return new Promise((resolve) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
	});
}

function parse(text: string): unknown {
	try {
		return text ? JSON.parse(text) : undefined;
	} catch {
		return text;
	}
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const url = new URL(request.url ?? '/', 'http://mock');
	const call: Call = { url, params: {}, body: parse(await read(request)), request, response };
	const found = routes.find(({ method, pattern }) => {
		const match = method === request.method && pattern.exec(url.pathname);
		if (match) call.params = match.groups ?? {};
		return match;
	});
	const result = found ? await found.handler(call) : problem(404, 'not_found', `${request.method} ${url.pathname}`);
	if (response.writableEnded || response.headersSent) return;
	const status = result instanceof Object && 'status' in result && 'code' in result ? Number(result.status) : 200;
	response.statusCode = result === undefined ? 204 : status;
	response.setHeader('content-type', status >= 400 ? 'application/problem+json' : 'application/json');
	response.end(result === undefined ? '' : JSON.stringify(result));
}

export const mockApi = (): Plugin => ({
	name: 'dangol-mock-api',
	apply: 'serve',
	configureServer(server) {
		server.middlewares.use((request, response, next) => {
			if (request.url?.startsWith('/api/v1/')) void answer(request, response);
			else next();
		});
	},
	configurePreviewServer(server) {
		server.middlewares.use((request, response, next) => {
			if (request.url?.startsWith('/api/v1/')) void answer(request, response);
			else next();
		});
	}
});
