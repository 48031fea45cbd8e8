import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, connect, get, getVersioned, path, post } from './client';

const signedOut = vi.fn();
connect({ language: () => 'ko', offline: () => '서버에 닿지 못했어요.', signedOut });

const answer = (body: unknown, init: ResponseInit = {}) =>
	vi.stubGlobal('fetch', vi.fn().mockResolvedValue(new Response(JSON.stringify(body), init)));

afterEach(() => {
	vi.unstubAllGlobals();
	signedOut.mockClear();
});

const problem = { type: 'about:blank', title: 'x', status: 422, code: 'invalid', detail: '고칠 곳이 있어요.' };

describe('client', () => {
	it('leaves empty values out of the address', () => {
		expect(path('/parties', { q: '', state: ['regular', 'new'], limit: 50, cursor: null })).toBe(
			'/api/v1/parties?state=regular%2Cnew&limit=50'
		);
	});

	it('turns a problem document into an error that knows its fields', async () => {
		answer(
			{ ...problem, fields: [{ field: 'name', code: 'required', detail: '이름을 적어 주세요.' }] },
			{ status: 422 }
		);
		const error = await post('/parties', {}).catch((e: unknown) => e);
		expect(error).toBeInstanceOf(ApiError);
		expect((error as ApiError).message).toBe('고칠 곳이 있어요.');
		expect((error as ApiError).field('name')).toBe('이름을 적어 주세요.');
		expect((error as ApiError).field('email')).toBeUndefined();
	});

	it('sends people to sign in on 401, but not from the sign-in page itself', async () => {
		answer({ ...problem, status: 401 }, { status: 401 });
		await get('/parties').catch(() => {});
		expect(signedOut).toHaveBeenCalledOnce();
		answer({ ...problem, status: 401 }, { status: 401 });
		await get('/session').catch(() => {});
		expect(signedOut).toHaveBeenCalledOnce();
	});

	it('says so when there is no connection', async () => {
		vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('failed')));
		await expect(get('/today')).rejects.toMatchObject({ status: 0, message: '서버에 닿지 못했어요.' });
	});

	it('keeps the version for the next edit and the wait of a soft lock', async () => {
		answer({ name: '온기커피' }, { headers: { etag: '"7"' } });
		expect(await getVersioned('/company')).toEqual({ value: { name: '온기커피' }, etag: '"7"' });
		answer({ ...problem, status: 429 }, { status: 429, headers: { 'retry-after': '30' } });
		await expect(post('/session', {})).rejects.toMatchObject({ retryAfter: 30 });
	});
});
