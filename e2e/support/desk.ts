/** Every page of the desk, found where the pages are: a new one is visited as soon as it is there. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROUTES = fileURLToPath(new URL('../../ui/src/routes/(desk)', import.meta.url));

/** Their addresses; a part in brackets stands for an id. */
export function deskPages(): string[] {
	const files = readdirSync(ROUTES, { recursive: true, encoding: 'utf8' });
	const pages = files.filter((file) => file.endsWith('+page.svelte')).map((file) => file.replaceAll('\\', '/'));
	const parts = (page: string): string[] => page.split('/').filter((part) => !part.startsWith('+') && !part.startsWith('('));
	return pages.map((page) => `/${parts(page).join('/')}`).sort();
}
