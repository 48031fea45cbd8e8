import type { ClientInit, HandleClientError } from '@sveltejs/kit';
import { ApiError } from '$lib/api/client';
import { i18n } from '$lib/i18n';

/** No page is drawn before there are words for it. */
export const init: ClientInit = () => i18n.ready();

/** Turns what a `load` threw into the sentence of the error page. */
export const handleError: HandleClientError = ({ error, status }) => {
	if (error instanceof ApiError) return { message: error.message, code: error.code };
	if (status === 404) return { message: i18n.t.shell.notFound, code: 'not_found' };
	console.error(error);
	return { message: i18n.t.shell.broken, code: 'unexpected' };
};
