/** A placed journey as ECharts options: one custom series for the paths, one for the steps. */
import { fonts, type Palette } from "../../app/theme/tokens";
import type { CustomSeriesOption } from "../../shared/charts/echarts";
import type { Format } from "../../shared/format";
import { weightText } from "../words";
import { type Measure, weightOf } from "./graph";
import type { Drawing, PlacedPath, PlacedStep, Point } from "./layout";

export interface View {
  /** Pixels a unit of the drawing. */
  scale: number;
  /** Where the origin of the drawing stands in the picture, in pixels. */
  x: number;
  y: number;
}

interface Dress {
  drawing: Drawing;
  view: View;
  measure: Measure;
  palette: Palette;
  format: Format;
  /** Keys of the paths, and names of the steps, to lift out of the others. */
  marked: ReadonlySet<string>;
  cases: number;
}

const NAME_CHARS = 26;

/** Square-root scale: area, not length, tells the amount, so that the small ones stay visible. */
function strength(value: number, largest: number): number {
  return largest > 0 ? Math.sqrt(Math.max(0, value) / largest) : 0;
}

export function mix(from: string, to: string, share: number): string {
  const parts = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const [a, b] = [parts(from), parts(to)];
  const channel = (at: number) => Math.round((a[at] ?? 0) + ((b[at] ?? 0) - (a[at] ?? 0)) * share);
  return `#${[0, 1, 2].map((at) => channel(at).toString(16).padStart(2, "0")).join("")}`;
}

export function seriesOf(dress: Dress): CustomSeriesOption[] {
  const { drawing, view } = dress;
  const heaviest = Math.max(0, ...drawing.paths.map((placed) => weightOf(placed.path, dress.measure)));
  const busiest = Math.max(0, ...drawing.steps.map((placed) => placed.step.count));
  const group = (children: unknown[]) => ({
    type: "group" as const,
    x: view.x,
    y: view.y,
    scaleX: view.scale,
    scaleY: view.scale,
    children,
  });
  const labelled = readable(drawing, dress.measure);
  const series = (id: string, z: number, size: number, render: (at: number) => unknown): CustomSeriesOption => ({
    type: "custom",
    id,
    z,
    coordinateSystem: "none" as never,
    animation: false,
    data: Array.from({ length: size }, (_, at) => at),
    renderItem: ((parameters: { dataIndex: number }) => render(parameters.dataIndex)) as never,
  });
  return [
    series("paths", 2, drawing.paths.length, (at) => {
      const placed = drawing.paths[at];
      return placed && group(pathParts(placed, strength(weightOf(placed.path, dress.measure), heaviest), dress));
    }),
    series("figures", 3, drawing.paths.length, (at) => {
      const placed = drawing.paths[at];
      return placed && (labelled.has(placed.key) || dress.marked.has(placed.key))
        ? group([figurePart(placed, dress)])
        : group([]);
    }),
    series("steps", 4, drawing.steps.length, (at) => {
      const placed = drawing.steps[at];
      return placed && group(stepParts(placed, strength(placed.step.count, busiest), dress));
    }),
  ];
}

function pathParts(placed: PlacedPath, weight: number, { measure, palette, marked }: Dress): unknown[] {
  const faded = marked.size > 0 && !marked.has(placed.key);
  const full = measure === "count" ? palette.count : palette.waiting;
  const colour = mix(palette.line, full, 0.25 + 0.75 * weight);
  const width = 1.2 + 6 * weight;
  const size = Math.min(13, 6 + width * 1.1);
  const { tip, angle } = placed;
  const corner = (turn: number) => [tip.x - size * Math.cos(angle + turn), tip.y - size * Math.sin(angle + turn)];
  const stroke = marked.has(placed.key) ? full : colour;
  const opacity = faded ? 0.25 : 1;
  return [
    {
      type: "path",
      shape: { pathData: placed.line },
      style: { fill: "none", stroke, lineWidth: width, opacity, lineCap: "butt" },
      emphasis: { style: { stroke: full, opacity: 1 } },
    },
    // A wide unseen line, because a thin one is hard to point at.
    { type: "path", shape: { pathData: placed.line }, style: { fill: "none", stroke: "rgba(0,0,0,0)", lineWidth: 16 } },
    {
      type: "polygon",
      shape: { points: [[tip.x, tip.y], corner(0.42), corner(-0.42)] },
      style: { fill: stroke, opacity },
      emphasis: { style: { fill: full, opacity: 1 } },
    },
  ];
}

function figurePart(placed: PlacedPath, { measure, palette, format, marked }: Dress): unknown {
  return {
    type: "text",
    silent: true,
    style: {
      text: weightText(format, placed.path, measure),
      x: placed.label.x,
      y: placed.label.y,
      align: "center",
      verticalAlign: "middle",
      fontSize: 12.5,
      fontFamily: fonts.text,
      fill: palette.text,
      stroke: palette.ground,
      lineWidth: 4,
      opacity: marked.size > 0 && !marked.has(placed.key) ? 0.3 : 1,
    },
  };
}

function stepParts(placed: PlacedStep, weight: number, { measure, palette, format, marked, cases }: Dress): unknown[] {
  const { step, x, y, width, height } = placed;
  const faded = marked.size > 0 && !marked.has(step.name);
  const opacity = faded ? 0.45 : 1;
  const fill = measure === "count" ? mix(palette.ground, palette.countSoft, 0.2 + 0.8 * weight) : palette.ground;
  const letters = [...step.title];
  const name = letters.length > NAME_CHARS ? `${letters.slice(0, NAME_CHARS - 1).join("")}…` : step.title;
  // A beginning or an end is marked where at least one case in twenty begins or ends there.
  const begins = step.starts > cases / 20 ? "▶ " : "";
  const closes = step.ends > cases / 20 ? " ■" : "";
  return [
    {
      type: "rect",
      shape: { x: x - width / 2, y: y - height / 2, width, height, r: 6 },
      style: {
        fill,
        stroke: marked.has(step.name) ? palette.accent : palette.lineStrong,
        lineWidth: marked.has(step.name) ? 2 : 1,
        opacity,
      },
      emphasis: { style: { stroke: palette.accent, lineWidth: 2 } },
    },
    label(`${begins}${name}`, x, y - 9, 14, palette.text, opacity),
    label(`${format.whole(step.count)}${closes}`, x, y + 11, 12.5, palette.textSoft, opacity),
  ];
}

function label(text: string, x: number, y: number, fontSize: number, fill: string, opacity: number): unknown {
  return {
    type: "text",
    silent: true,
    style: { text, x, y, align: "center", verticalAlign: "middle", fontSize, fontFamily: fonts.text, fill, opacity },
  };
}

/** The paths whose figures can be written without covering a step or another figure, heaviest first. */
export function readable(drawing: Drawing, measure: Measure): Set<string> {
  const taken = drawing.steps.map((s) => ({ x: s.x, y: s.y, w: s.width / 2 + 4, h: s.height / 2 + 4 }));
  const chosen = new Set<string>();
  const ranked = [...drawing.paths].sort((a, b) => weightOf(b.path, measure) - weightOf(a.path, measure));
  for (const placed of ranked) {
    const box = { x: placed.label.x, y: placed.label.y, w: 34, h: 9 };
    const free = taken.every(
      (other) => Math.abs(other.x - box.x) >= other.w + box.w || Math.abs(other.y - box.y) >= other.h + box.h,
    );
    if (!free) continue;
    taken.push(box);
    chosen.add(placed.key);
  }
  return chosen;
}

/**
 * The view that shows the whole drawing, or, where that would be too small to read, the part around a point.
 *
 * @param smallest least scale at which the names of steps can still be read; 0 shows everything
 */
export function fitted(drawing: Drawing, width: number, height: number, smallest = 0, around?: Point): View {
  // A drawing only a little too wide is made a little smaller rather than cut off at its sides.
  const across = width / drawing.width;
  const least = across >= smallest * 0.85 ? Math.min(smallest, across) : smallest;
  const scale = Math.max(least, Math.min(1.15, across, height / drawing.height));
  const along = (size: number, room: number, centre: number) =>
    size * scale <= room
      ? (room - size * scale) / 2
      : Math.min(0, Math.max(room - size * scale, room / 2 - centre * scale));
  return {
    scale,
    x: along(drawing.width, width, around?.x ?? drawing.width / 2),
    y: along(drawing.height, height, around?.y ?? 0),
  };
}

/** Zoom about a point of the picture. */
export function zoomed(view: View, factor: number, atX: number, atY: number): View {
  const scale = Math.min(3, Math.max(0.15, view.scale * factor));
  const ratio = scale / view.scale;
  return { scale, x: atX - (atX - view.x) * ratio, y: atY - (atY - view.y) * ratio };
}
