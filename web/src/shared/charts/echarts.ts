// Only the parts of ECharts that are drawn; this module is loaded on demand, after the figures stand on the page.
import { CustomChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([CustomChart, GridComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

export type { CustomSeriesOption } from "echarts/charts";
export type { ECharts } from "echarts/core";
export { init };
