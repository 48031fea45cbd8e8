/** The parts of ECharts this app draws with. Only ever imported lazily, from `Chart.svelte`. */
import { BarChart, LineChart, RadarChart } from 'echarts/charts';
import { AriaComponent, GridComponent, MarkLineComponent, RadarComponent, TooltipComponent } from 'echarts/components';
import { init, use, type ECharts } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';

use([
	BarChart,
	LineChart,
	RadarChart,
	AriaComponent,
	GridComponent,
	MarkLineComponent,
	RadarComponent,
	TooltipComponent,
	LabelLayout,
	SVGRenderer
]);

/** A chart in `element`, as SVG: sharp at any zoom, and light in memory. */
export const draw = (element: HTMLElement): ECharts => init(element, null, { renderer: 'svg' });
