/** Passkeys: between the API, which speaks base64url, and the browser, which wants bytes. */
import { post } from '$lib/api/client';
import type { Assertion, NewPasskeyOptions, PasskeyMade, PasskeyOptions } from '$lib/api/types';

/** Whether this browser knows passkeys and shows a page that may use them. */
export const isOffered = (): boolean => typeof PublicKeyCredential !== 'undefined';

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
	const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
	return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export function textOf(bytes: ArrayBuffer): string {
	const plain = btoa(String.fromCharCode(...new Uint8Array(bytes)));
	return plain.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Who closes the browser's question has changed their mind: that is no fault. */
async function asked<T>(question: () => Promise<Credential | null>, take: (credential: PublicKeyCredential) => T) {
	try {
		const credential = await question();
		return credential instanceof PublicKeyCredential ? take(credential) : null;
	} catch (cause) {
		if (cause instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(cause.name)) return null;
		throw cause;
	}
}

/** Makes a passkey on this device; `null` when the person gave it up. */
export async function make(name: string): Promise<PasskeyMade | null> {
	const options = await post<NewPasskeyOptions>('/session/passkeys/begin');
	const publicKey: PublicKeyCredentialCreationOptions = {
		challenge: bytesOf(options.challenge),
		rp: { id: options.rp_id, name: 'Dangol' },
		user: { id: bytesOf(options.user_handle), name: options.user_name, displayName: options.user_display_name },
		pubKeyCredParams: options.algorithms.map((alg) => ({ type: 'public-key', alg })),
		excludeCredentials: options.exclude.map((id) => ({ type: 'public-key', id: bytesOf(id) })),
		authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
		timeout: options.timeout_ms
	};
	const made = await asked(
		() => navigator.credentials.create({ publicKey }),
		({ response }) => {
			const { clientDataJSON, attestationObject } = response as AuthenticatorAttestationResponse;
			return { client_data: textOf(clientDataJSON), attestation: textOf(attestationObject) };
		}
	);
	return made && (await post<PasskeyMade>('/session/passkeys', { name, ...made }));
}

/** Asks for a passkey of this site; `null` when the person gave it up. */
export async function use(): Promise<Assertion | null> {
	const options = await post<PasskeyOptions>('/session/passkey/begin');
	const publicKey: PublicKeyCredentialRequestOptions = {
		challenge: bytesOf(options.challenge),
		rpId: options.rp_id,
		userVerification: 'required',
		timeout: options.timeout_ms
	};
	return asked(
		() => navigator.credentials.get({ publicKey }),
		({ id, response }) => {
			const { clientDataJSON, authenticatorData, signature, userHandle } = response as AuthenticatorAssertionResponse;
			return {
				id,
				client_data: textOf(clientDataJSON),
				authenticator_data: textOf(authenticatorData),
				signature: textOf(signature),
				user_handle: userHandle ? textOf(userHandle) : null
			};
		}
	);
}
