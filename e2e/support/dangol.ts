/**
 * The `test` that journeys import: a running demo company, and a context that fails the test on any policy violation,
 * console error or exception of a page.
 *
 * A journey that brings its own people takes `empty`, which is there in a moment.
 *
 * Sign-in links work once. A journey that uses the link takes `fresh`, a server of its own; one that only needs to be
 * signed in takes `desk`: it is the owner of a demo company which the tests of a worker share. What a journey leaves
 * there is seen by the others: one that writes in words takes `own`, the owner of a company of its own.
 */
import { test as base, expect, type BrowserContext } from '@playwright/test';
import { type Account, claim, signIn } from './account.ts';
import { type Dangol, startDemo, startEmpty } from './server.ts';
import { watch } from './watch.ts';

export { expect };
export { TODAY, type Dangol } from './server.ts';

interface Fixtures {
	fresh: Dangol;
	empty: Dangol;
	desk: Account;
	own: Account;
	faults: string[];
}

interface WorkerFixtures {
	owner: Account;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
	owner: [
		async ({}, use) => {
			const dangol = await startDemo();
			await use(await claim(dangol));
			await dangol.stop();
		},
		{ scope: 'worker', timeout: 150_000 }
	],

	desk: async ({ context, owner }, use) => {
		const session = await signIn(owner);
		await context.addCookies([session.cookie]);
		await use(session);
	},

	fresh: [({ context }, use) => company(startDemo, context, use), { timeout: 150_000 }],

	empty: [({ context }, use) => company(startEmpty, context, use), { timeout: 150_000 }],

	own: [
		async ({ context, fresh }, use) => {
			const owner = await claim(fresh);
			await context.addCookies([owner.cookie]);
			await use(owner);
		},
		{ timeout: 150_000 }
	],

	faults: [
		async ({ context }, use) => {
			const faults = await watch(context);
			await use(faults);
			expect(faults, 'policy violations, console errors and exceptions').toEqual([]);
		},
		{ auto: true }
	]
});

/** A company for one test. */
async function company(
	start: () => Promise<Dangol>,
	context: BrowserContext,
	use: (dangol: Dangol) => Promise<void>
): Promise<void> {
	const dangol = await start();
	await use(dangol);
	// A page that outlives its server would report the broken connections as faults.
	await Promise.all(context.pages().map((page) => page.close()));
	await dangol.stop();
}
