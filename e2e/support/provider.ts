/** An identity provider (OpenID Connect) on this machine with one person, who presses a button to come in. */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const SECRET = 'provider secret';

export interface Provider {
	/** Its address, as it calls itself. */
	issuer: string;
	client: { id: string; secret: string };
	stop(): Promise<void>;
}

const encoded = (value: unknown): string =>
	Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Starts one that says `claims` of its person; `now` is the clock of the server under test. */
export async function startProvider(claims: Record<string, unknown>, now: () => Promise<number>): Promise<Provider> {
	const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const visits = new Map<string, URLSearchParams>();
	let issuer = '';

	async function token(form: URLSearchParams): Promise<string | null> {
		const asked = visits.get(form.get('code') ?? '');
		visits.delete(form.get('code') ?? '');
		const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
		if (!asked || asked.get('code_challenge') !== challenge) return null;
		const seconds = await now();
		const times = { iat: seconds, exp: seconds + 300, auth_time: seconds };
		const about = { iss: issuer, aud: asked.get('client_id'), nonce: asked.get('nonce') };
		const body = `${encoded({ alg: 'ES256', kid: 'one' })}.${encoded({ ...times, ...about, ...claims })}`;
		const signature = sign('sha256', Buffer.from(body), { key: privateKey, dsaEncoding: 'ieee-p1363' });
		return `${body}.${signature.toString('base64url')}`;
	}

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? '/', issuer);
		const json = (value: unknown): unknown =>
			response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
		if (url.pathname === '/.well-known/openid-configuration') {
			json({
				issuer,
				authorization_endpoint: `${issuer}/authorise`,
				token_endpoint: `${issuer}/token`,
				jwks_uri: `${issuer}/keys`
			});
		} else if (url.pathname === '/keys') {
			json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' }] });
		} else if (url.pathname === '/token') {
			let form = '';
			for await (const chunk of request) form += String(chunk);
			const id_token = await token(new URLSearchParams(form));
			if (id_token) json({ access_token: 'nothing', token_type: 'Bearer', id_token });
			else response.writeHead(400).end();
		} else if (url.pathname === '/authorise') {
			const code = randomUUID();
			visits.set(code, url.searchParams);
			const back = new URL(url.searchParams.get('redirect_uri') ?? '');
			for (const [name, value] of Object.entries({ code, state: url.searchParams.get('state') ?? '', iss: issuer })) {
				back.searchParams.set(name, value);
			}
			const page = `<!doctype html><html lang="en"><title>Provider</title><h1>Provider</h1><a href="${back.href.replaceAll('&', '&amp;')}">Come in</a>`;
			response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
		} else {
			response.writeHead(204).end();
		}
	}

	const server = createServer((request, response) => {
		answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		issuer,
		client: { id: 'dangol', secret: SECRET },
		stop: () => new Promise((resolve) => void server.close(() => resolve()).closeAllConnections())
	};
}
