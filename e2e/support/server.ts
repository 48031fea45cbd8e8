/** Starts and stops `dangol demo` in a data folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

/** The day on which every test looks at the demo company. */
export const TODAY = '2026-11-21';

const BINARY = process.env['DANGOL_BIN'] ?? fileURLToPath(new URL('../../target/debug/dangol', import.meta.url));
/** Simulating the shop takes seconds; a debug build on a busy machine needs patience. */
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 10_000;
const LINK = /http:\/\/127\.0\.0\.1:\d+\/start\?token=[\w.~-]+/;

/** A running server. */
export interface Dangol {
	/** Where it answers, without a slash at the end. */
	url: string;
	/** The sign-in link it printed; it works once. */
	link: string;
	/** The folder that holds its database; gone after `stop`. */
	data: string;
	/** What it has written to standard output and standard error so far. */
	log(): string;
	/** Asks it to end, waits, and removes its data. */
	stop(): Promise<void>;
}

/** Starts a demo company and returns once it prints its link. */
export const startDemo = (seed = 1): Promise<Dangol> => start(['demo', '--today', TODAY, '--seed', String(seed)]);

/** Starts a company that knows nobody yet, today: there in a moment, for journeys that bring their own people. */
export const startEmpty = (): Promise<Dangol> => start(['serve']);

async function start(command: string[]): Promise<Dangol> {
	const data = await mkdtemp(path.join(tmpdir(), 'dangol-e2e-'));
	const options = [...command, '--listen', '127.0.0.1:0'];
	const server = spawn(BINARY, ['--data', data, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
	let printed = '';
	const stop = async (): Promise<void> => {
		await end(server);
		await rm(data, { recursive: true, force: true });
	};
	try {
		const link = await waitForLink(server, (text) => (printed += text));
		return { url: new URL(link).origin, link, data, log: () => printed, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

function waitForLink(server: ChildProcess, keep: (text: string) => string): Promise<string> {
	return new Promise((resolve, reject) => {
		let printed = '';
		const fail = (why: string): void => reject(new Error(`${BINARY} ${why}; it printed:\n${printed}`));
		const timer = setTimeout(() => fail('printed no link in time'), START_TIMEOUT_MS);
		const read = (chunk: Buffer): void => {
			printed = keep(chunk.toString());
			const link = LINK.exec(printed)?.[0];
			// A link at the very end may still be growing.
			if (link !== undefined && !printed.endsWith(link)) {
				clearTimeout(timer);
				resolve(link);
			}
		};
		server.stdout?.on('data', read);
		server.stderr?.on('data', read);
		server.once('error', (error) => fail(`cannot be started: ${error.message}`));
		server.once('exit', (code) => {
			clearTimeout(timer);
			fail(`ended with ${code}`);
		});
	});
}

async function end(server: ChildProcess): Promise<void> {
	if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
	const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
	server.kill('SIGTERM');
	const timer = setTimeout(() => server.kill('SIGKILL'), STOP_TIMEOUT_MS);
	await ended;
	clearTimeout(timer);
}
