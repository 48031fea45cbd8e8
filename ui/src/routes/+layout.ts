import { goto } from '$app/navigation';
import { connect } from '$lib/api/client';
import { i18n } from '$lib/i18n';
import { proof } from '$lib/proof/proof.svelte';
import { current, signInPath } from '$lib/session.svelte';

export const ssr = false;
export const prerender = false;

connect({
	language: () => i18n.lang,
	offline: () => i18n.t.common.offline,
	// Before the first session is known, the desk's own load leads to the sign-in, and keeps the way back.
	signedOut: () => void (current.session && goto(signInPath())),
	prove: () => proof.ask()
});
