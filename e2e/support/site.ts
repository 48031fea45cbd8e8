/** The company's own website on this machine: every address gives the same page, with these lines in its head. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Site {
	/** Its origin, which is another than Dangol's. */
	origin: string;
	/** What stands in the head of its pages. */
	head: string;
	stop(): Promise<void>;
}

export async function startSite(): Promise<Site> {
	const site: Site = { origin: '', head: '', stop: () => Promise.resolve() };
	const server = createServer((_, response) => {
		response.setHeader('content-type', 'text/html; charset=utf-8');
		response.end(
			`<!doctype html><html lang="ko"><head><title>원두 가게</title>${site.head}</head><body><h1>원두 가게</h1></body></html>`
		);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	site.origin = `http://localhost:${(server.address() as AddressInfo).port}`;
	site.stop = () => new Promise((resolve) => void server.close(() => resolve()).closeAllConnections());
	return site;
}
