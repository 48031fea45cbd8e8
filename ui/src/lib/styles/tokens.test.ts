import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Oklch = [lightness: number, chroma: number, hue: number];

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

/** Both values of every `--name: light-dark(oklch(…), oklch(…))` of the real file. */
const tokens = new Map<string, [Oklch, Oklch]>(
	[...css.matchAll(/--([\w-]+): light-dark\(oklch\(([^)]+)\), oklch\(([^)]+)\)\)/g)].map(([, name, light, dark]) => [
		name as string,
		[parse(light as string), parse(dark as string)]
	])
);

function parse(text: string): Oklch {
	return text.split(/\s+/).map(Number) as Oklch;
}

/** WCAG relative luminance of an oklch colour, through Ottosson's OKLab matrices and clipped to sRGB. */
function luminance([l, c, h]: Oklch): number {
	const a = c * Math.cos((h * Math.PI) / 180);
	const b = c * Math.sin((h * Math.PI) / 180);
	const L = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const M = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const S = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
	const clip = (x: number) => Math.min(1, Math.max(0, x));
	const red = clip(4.0767416621 * L - 3.3077115913 * M + 0.2309699292 * S);
	const green = clip(-1.2684380046 * L + 2.6097574011 * M - 0.3413193965 * S);
	const blue = clip(-0.0041960863 * L - 0.7034186147 * M + 1.707614701 * S);
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(front: Oklch, back: Oklch): number {
	const [high, low] = [luminance(front), luminance(back)].sort((x, y) => y - x) as [number, number];
	return (high + 0.05) / (low + 0.05);
}

const PAPERS = ['paper', 'paper-2'];
const SOFTS = ['persimmon-soft', 'jade-soft', 'amber-soft', 'crimson-soft', 'indigo-soft'];
/** Text on its grounds: 4.5 to 1. */
const TEXT: [string, string[]][] = [
	['ink', [...PAPERS, ...SOFTS]],
	['ink-2', [...PAPERS, ...SOFTS]],
	['hint', PAPERS],
	['persimmon-ink', [...PAPERS, 'persimmon-soft']],
	['jade-ink', [...PAPERS, 'jade-soft']],
	['amber-ink', [...PAPERS, 'amber-soft']],
	['crimson-ink', [...PAPERS, 'crimson-soft']],
	['indigo-ink', [...PAPERS, 'indigo-soft']],
	['on-action', ['action', 'action-hover']]
];
/** Outlines of controls, focus rings and marks that carry meaning: 3 to 1. */
const MARKS: [string, string[]][] = [
	['persimmon', PAPERS],
	['line-strong', PAPERS],
	['crimson', PAPERS],
	['indigo', PAPERS],
	['jade', PAPERS],
	['ink-3', PAPERS]
];

const colour = (name: string, theme: 0 | 1): Oklch => {
	const value = tokens.get(name);
	if (!value) throw new Error(`no token --${name}`);
	return value[theme];
};

describe.each([
	['light', 0],
	['dark', 1]
] as const)('contrast in the %s theme', (_name, theme) => {
	it.each(TEXT.flatMap(([front, grounds]) => grounds.map((ground) => [front, ground])))(
		'%s reads on %s',
		(front, ground) => {
			expect(contrast(colour(front as string, theme), colour(ground as string, theme))).toBeGreaterThanOrEqual(4.5);
		}
	);

	it.each(MARKS.flatMap(([front, grounds]) => grounds.map((ground) => [front, ground])))(
		'%s shows on %s',
		(front, ground) => {
			expect(contrast(colour(front as string, theme), colour(ground as string, theme))).toBeGreaterThanOrEqual(3);
		}
	);
});

it('knows black on white', () => {
	expect(contrast([0, 0, 0], [1, 0, 0])).toBeCloseTo(21, 1);
});
