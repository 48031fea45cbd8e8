/** Notices what a person would not: policy violations, errors in the console, exceptions. */
import type { BrowserContext, ConsoleMessage } from '@playwright/test';

declare global {
	interface Window {
		reportViolation(text: string): void;
	}
}

/** Collects every fault of the pages of a context. */
export async function watch(context: BrowserContext): Promise<string[]> {
	const faults: string[] = [];
	const add = (text: string): void => void faults.push(text);
	await context.exposeBinding('reportViolation', (_source, text: string) => add(text));
	await context.addInitScript(() => {
		document.addEventListener('securitypolicyviolation', (event) => {
			const what = `${event.violatedDirective} refused ${event.blockedURI}`;
			window.reportViolation(`CSP: ${what} (${event.sourceFile}:${event.lineNumber})`);
		});
	});
	context.on('weberror', (error) => add(`exception: ${error.error().message}`));
	context.on('console', (message) => {
		if (message.type() === 'error' && !isAnswerOfTheApi(message)) add(`console: ${message.text()}`);
	});
	return faults;
}

/**
 * The browser logs every refusal of the API (401 before signing in, 422 on a form) and every page that is not there; pages
 * show those themselves.
 */
function isAnswerOfTheApi(message: ConsoleMessage): boolean {
	const { url } = message.location();
	const isOurs = new URL(url, 'http://none').pathname.startsWith('/api/') || url === message.page()?.url();
	return /status of 4\d\d/.test(message.text()) && isOurs;
}
