/** Proving again who one is: the server asks for it before exports and changes of users and keys. */
import { post } from '$lib/api/client';
import type { Assertion } from '$lib/api/types';
import { current } from '$lib/session.svelte';

class Proof {
	/** Whether the question is on screen. */
	asking = $state(false);
	#answers: ((proved: boolean) => void)[] = [];

	/** Asks; several who ask at once get the same answer. */
	ask(): Promise<boolean> {
		this.asking = true;
		return new Promise((resolve) => this.#answers.push(resolve));
	}

	async prove(by: { password?: string; code?: string; passkey?: Assertion }): Promise<void> {
		const { proved_until } = await post<{ proved_until: string }>('/session/proof', by);
		if (current.session) current.session.proved_until = proved_until;
		this.settle(true);
	}

	settle(proved: boolean): void {
		this.asking = false;
		for (const answer of this.#answers.splice(0)) answer(proved);
	}

	/** Whether the last proof still counts; half a minute is left for the way to the server. */
	counts(now: number): boolean {
		const until = current.session?.proved_until;
		return until !== undefined && Date.parse(until) - 30_000 > now;
	}
}

export const proof = new Proof();
