/** What a website's pages carry to tell of visits. */

/** Calls that come before the script does are kept for it. */
const EARLY = 'window.dangol=window.dangol||function(){(dangol.q=dangol.q||[]).push(arguments)}';

/** The lines to copy; with `asks` the script asks visitors itself. */
export function embed(script: string, asks: boolean): string {
	const source = script.replaceAll('&', '&amp;').replaceAll('"', '&quot;') + (asks ? '?banner' : '');
	return `<script>${EARLY}</script>\n<script src="${source}" defer></script>`;
}

/** What a website's own code can say to the script; the words stand in the dictionaries. */
export const CALLS = [
	['agree', "dangol('consent', true)"],
	['takeBack', "dangol('consent', false)"],
	['ask', "dangol('ask')"],
	['visitor', "dangol('visitor', token)"],
	['page', "dangol('page')"]
] as const;
