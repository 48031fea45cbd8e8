/**
 * Single-key shortcuts. Read from the physical key, so they work while the Korean input method is on.
 * A page adds its own with `shortcuts({ j: next })` inside an effect; the newest registration wins.
 */
export type KeyMap = Record<string, (event: KeyboardEvent) => void>;

const stack: KeyMap[] = [];

/** Registers keys until the returned function is called. */
export function shortcuts(map: KeyMap): () => void {
	stack.push(map);
	return () => void stack.splice(stack.indexOf(map), 1);
}

/** `j`, `?`, `/`, `Enter`; null for a key that types into a field or carries a modifier. */
export function keyOf(event: KeyboardEvent): string | null {
	if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return null;
	if (isTyping(event.target) || document.querySelector('dialog[open]')) return null;
	if (event.key === '?' || (event.code === 'Slash' && event.shiftKey)) return '?';
	if (event.code === 'Slash') return '/';
	if (event.shiftKey) return null;
	const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
	return letter ? letter.toLowerCase() : event.key;
}

export function press(key: string, event: KeyboardEvent): boolean {
	const map = stack.findLast((keys) => key in keys);
	map?.[key]?.(event);
	return map !== undefined;
}

function isTyping(target: EventTarget | null): boolean {
	return (
		target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
	);
}
