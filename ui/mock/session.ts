/** A signed-in owner of the demo café, jobs, and the event stream. */
import { problem, route } from './routes.ts';
import { jobs, listeners } from './stream.ts';

const state = { signedIn: true, demo: true, name: '온기커피 Ongi Coffee' };

const session = () => ({
	user: {
		id: 'usr_1',
		name: '김온기',
		email: 'owner@example.com',
		role: 'owner',
		locale: 'ko',
		team: null,
		scope: 'all',
		active: true
	},
	company: {
		name: state.name,
		zone: 'Asia/Seoul',
		currency: 'KRW',
		week_start: 'monday',
		locale: 'ko',
		margin_percent: 62,
		discount_percent: 10,
		demo: state.demo,
		set_up: true
	},
	now: new Date().toISOString(),
	live: true,
	proved_until: '2100-01-01T00:00:00Z',
	masked: false
});

route('GET /session', () =>
	state.signedIn ? session() : problem(401, 'sign_in_required', '로그인해 주세요.', { setup: 'sign_in' })
);
route('POST /session', ({ body }) => {
	const { password } = body as { password: string };
	if (password.length < 8) return problem(422, 'wrong_credentials', '이메일이나 비밀번호가 맞지 않아요.');
	state.signedIn = true;
	return session();
});
route('DELETE /session', () => {
	state.signedIn = false;
});
route('GET /session/claim', ({ url }) =>
	url.searchParams.get('token') ? { valid: true, kind: 'first_run' } : problem(404, 'link_spent', '이미 쓴 링크예요.')
);
route('POST /session/claim', ({ body }) => {
	const { password } = body as { password: string };
	if (password === 'password')
		return problem(422, 'invalid', '고칠 곳이 있어요.', {
			fields: [{ field: 'password', code: 'common', detail: '너무 흔한 비밀번호예요. 다른 것을 골라 주세요.' }]
		});
	state.signedIn = true;
	return session();
});
route('PUT /session/me', () => session());
route('POST /company/start', ({ body }) => {
	setTimeout(() => Object.assign(state, { demo: false, name: (body as { name: string }).name }), 3000);
	return {};
});
route('GET /jobs', () => [...jobs.values()].filter((job) => job.state === 'running'));
route('GET /jobs/:id', ({ params }) => jobs.get(params.id!) ?? problem(404, 'not_found', params.id!));
route('GET /live', ({ response }) => {
	response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
	response.write(': open\n\n');
	listeners.add(response);
	response.on('close', () => listeners.delete(response));
});
