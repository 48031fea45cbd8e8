/**
 * Token colours as `#rrggbb` for canvas charts, which understand neither custom properties nor oklch.
 * Read again when the theme changes.
 */
export function colour(token: string): string {
	const probe = document.createElement('span');
	probe.style.color = `var(--${token})`;
	document.body.append(probe);
	const shown = getComputedStyle(probe).color;
	probe.remove();
	const canvas = document.createElement('canvas');
	canvas.width = canvas.height = 1;
	const context = canvas.getContext('2d', { willReadFrequently: true });
	if (!context) return '#888888';
	context.fillStyle = shown;
	context.fillRect(0, 0, 1, 1);
	const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
	return `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
