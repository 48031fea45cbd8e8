/** Going to the company's identity provider. Where somebody was is kept in this tab until they are back. */
import { post } from '$lib/api/client';
import type { SsoBegin } from '$lib/api/types';
import { ownPath } from '$lib/paths';

const KEY = 'dangol.sso.next';

/** Leaves for the provider; `next` is a path of ours. */
export async function leave(next: string, purpose: SsoBegin['purpose'] = 'sign_in'): Promise<void> {
	const { url } = await post<{ url: string }>('/session/sso/begin', { purpose });
	sessionStorage.setItem(KEY, next);
	location.assign(url);
}

/** Where somebody was before they left. */
export function cameFrom(): string {
	const next = sessionStorage.getItem(KEY);
	sessionStorage.removeItem(KEY);
	return ownPath(next);
}
