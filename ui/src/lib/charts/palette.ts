/** The tokens a chart needs, as plain colours, and the parts of an option that every chart shares. */
import type { EChartsOption } from 'echarts';
import { colour } from './colours';

const NAMES = [
	'paper',
	'paper-2',
	'ink',
	'ink-2',
	'hint',
	'line',
	'line-strong',
	'persimmon',
	'persimmon-ink',
	'jade',
	'jade-ink',
	'crimson',
	'crimson-ink',
	'indigo',
	'indigo-ink',
	'amber'
] as const;

export type Palette = Record<(typeof NAMES)[number], string> & { font: string };

export function palette(): Palette {
	const font = getComputedStyle(document.body).fontFamily;
	return {
		...(Object.fromEntries(NAMES.map((name) => [name, colour(name)])) as Record<(typeof NAMES)[number], string>),
		font
	};
}

/** Axes, text and tooltip from the tokens. Tooltips are drawn as text, never as HTML: the content policy forbids it. */
export function base(p: Palette): EChartsOption {
	const calm = !matchMedia('(prefers-reduced-motion: reduce)').matches;
	return {
		animation: calm,
		animationDuration: 240,
		animationDurationUpdate: 160,
		textStyle: { fontFamily: p.font, fontSize: 12, color: p['ink-2'] },
		grid: { left: 4, right: 76, top: 28, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
		tooltip: {
			renderMode: 'richText',
			trigger: 'axis',
			confine: true,
			backgroundColor: p.ink,
			borderWidth: 0,
			padding: [8, 12],
			textStyle: { color: p.paper, fontFamily: p.font, fontSize: 12, lineHeight: 18 },
			axisPointer: { type: 'line', lineStyle: { color: p['line-strong'], type: 'solid' } }
		}
	};
}

/** `26.11`: a month on an axis, in any language. */
export const shortMonth = (month: string): string => `${month.slice(2, 4)}.${Number(month.slice(5))}`;

/** A category axis without clutter. `every` shows one label in so many. */
export function categories(p: Palette, data: string[], every?: number) {
	return {
		type: 'category' as const,
		data,
		axisLine: { lineStyle: { color: p['line-strong'] } },
		axisTick: { show: false },
		axisLabel: { color: p.hint, fontSize: 12, hideOverlap: true, ...(every ? { interval: every - 1 } : {}) }
	};
}

/** A value axis from zero, hairlines only. */
export function values(p: Palette, name: string, format: (value: number) => string, split = 4) {
	return {
		type: 'value' as const,
		name,
		nameLocation: 'end' as const,
		nameGap: 12,
		nameTextStyle: { color: p.hint, fontSize: 12, align: 'left' as const },
		min: 0,
		splitNumber: split,
		axisLabel: { color: p.hint, fontSize: 12, formatter: format },
		splitLine: { lineStyle: { color: p.line } }
	};
}

/** A line that carries its name at its end, so that no legend is needed. */
export function line(name: string, data: (number | null)[], colour: string, ink: string, dashed = false) {
	return {
		type: 'line' as const,
		name,
		data,
		symbol: 'circle',
		symbolSize: 5,
		showSymbol: false,
		lineStyle: { color: colour, width: 2, type: dashed ? ('dashed' as const) : ('solid' as const) },
		itemStyle: { color: colour },
		endLabel: { show: true, formatter: name, color: ink, fontSize: 12, fontWeight: 600, distance: 6 },
		labelLayout: { moveOverlap: 'shiftY' as const },
		emphasis: { disabled: true }
	};
}

/** How much of its colour a bar keeps that may still grow. */
const UNFINISHED = 0.5;

/** Bars; with `stack` they stand on each other, and the last one carries the name of its series. `unfinished` are pale. */
export function bar(
	name: string,
	data: number[],
	colour: string,
	ink: string,
	stack?: string,
	unfinished: (index: number) => boolean = () => false
) {
	return {
		type: 'bar' as const,
		name,
		stack,
		barMaxWidth: 40,
		itemStyle: { color: colour },
		emphasis: { disabled: true },
		data: data.map((value, index) => ({
			value,
			itemStyle: { opacity: unfinished(index) ? UNFINISHED : 1 },
			label: {
				show: stack !== undefined && index === data.length - 1,
				position: 'right' as const,
				formatter: name,
				color: ink,
				fontSize: 12,
				fontWeight: 600
			}
		}))
	};
}

/** Which mark a tooltip is about. */
export const dataIndex = (at: unknown): number => ((Array.isArray(at) ? at[0] : at) as { dataIndex: number }).dataIndex;
