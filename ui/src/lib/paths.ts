/** A path of ours, whatever came: never an address elsewhere. */
export function ownPath(path: string | null): string {
	return path?.startsWith('/') && !path.startsWith('//') && !path.includes('\\') ? path : '/';
}
