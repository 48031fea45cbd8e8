/** The owner's account of a demo company, and the API as that owner. */
import type { Dangol } from './server.ts';

/** What a page of our own origin sends; without it the server refuses every change. */
const OWN_ORIGIN = { 'sec-fetch-site': 'same-origin' };

/** An owner who is signed in. */
export interface Account {
	/** Where the server answers, without a slash at the end. */
	url: string;
	email: string;
	password: string;
	cookie: { name: string; value: string; url: string };
	/** Asks the API; a refusal fails the test. */
	get<T>(path: string): Promise<T>;
	/** Sends JSON, or a file as it is. */
	post<T>(path: string, body: unknown): Promise<T>;
	/** Sends JSON over what is there. */
	put<T>(path: string, body: unknown): Promise<T>;
}

/** Makes the account with the printed link, which is spent by that. */
export async function claim({ url, link }: Dangol): Promise<Account> {
	const token = new URL(link).searchParams.get('token');
	const person = { name: '한가람', email: 'garam@example.com', password: '감나무 아래에서 만나요' };
	return enter(url, '/session/claim', { token, ...person, locale: 'ko' }, person);
}

/** The same person in a new session: exports ask for a proof that is not older than ten minutes. */
export async function signIn({ url, email, password }: Account): Promise<Account> {
	return enter(url, '/session', { email, password }, { email, password });
}

async function enter(
	url: string,
	path: string,
	body: unknown,
	person: { email: string; password: string }
): Promise<Account> {
	const answer = await fetch(`${url}/api/v1${path}`, {
		method: 'POST',
		headers: { ...OWN_ORIGIN, 'content-type': 'application/json' },
		body: JSON.stringify(body)
	});
	const [pair] = (answer.headers.get('set-cookie') ?? '').split(';');
	const [name, value] = (pair ?? '').split('=');
	if (!answer.ok || !name || !value) throw new Error(`${path} was refused: ${await answer.text()}`);
	const ask = requests(url, `${name}=${value}`);
	return { url, ...person, cookie: { name, value, url }, ...ask };
}

function requests(url: string, cookie: string): Pick<Account, 'get' | 'post' | 'put'> {
	const send = async <T>(method: string, path: string, type?: string, body?: string | Uint8Array): Promise<T> => {
		const headers: Record<string, string> = { ...OWN_ORIGIN, cookie, ...(type ? { 'content-type': type } : {}) };
		const answer = await fetch(`${url}/api/v1${path}`, { method, headers, body: body as BodyInit });
		if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
		const text = await answer.text();
		return (text === '' ? undefined : JSON.parse(text)) as T;
	};
	return {
		get: (path) => send('GET', path),
		put: (path, body) => send('PUT', path, 'application/json', JSON.stringify(body)),
		post: (path, body) =>
			body instanceof Uint8Array
				? send('POST', path, 'application/octet-stream', body)
				: send('POST', path, 'application/json', JSON.stringify(body))
	};
}
