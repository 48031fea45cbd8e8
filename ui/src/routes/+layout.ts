import { goto } from '$app/navigation';
import { connect } from '$lib/api/client';
import { i18n } from '$lib/i18n';
import { signInPath } from '$lib/session.svelte';

export const ssr = false;
export const prerender = false;

connect({
	language: () => i18n.lang,
	offline: () => i18n.t.common.offline,
	signedOut: () => void goto(signInPath())
});
