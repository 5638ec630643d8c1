/** The second half of a layered drawing: where every step stands and how every path runs between them. */
import { type Graph, type Path, pathKey, type Step } from "./graph";
import { layer } from "./layers";

export interface Point {
  x: number;
  y: number;
}

export interface PlacedStep extends Point {
  step: Step;
  width: number;
  height: number;
}

export interface PlacedPath {
  path: Path;
  key: string;
  /** An SVG path from border to border. */
  line: string;
  /** Tip of the arrow and the direction it points to, in radians. */
  tip: Point;
  angle: number;
  /** Where its figure is written. */
  label: Point;
}

export interface Drawing {
  steps: PlacedStep[];
  paths: PlacedPath[];
  width: number;
  height: number;
}

export type Direction = "down" | "right";

const STEP_HEIGHT = 48;
const GAP_ACROSS = 28;
const GAP_ALONG = { down: 54, right: 84 };
const BEND = 14;
/** Room beside a step for the arc of its own repetition and the figure of it. */
const LOOP = 84;

/** Width of a label in the map's type, near enough: a Chinese character is as wide as two Latin ones. */
export function labelWidth(name: string): number {
  let width = 0;
  for (const letter of name) width += (letter.codePointAt(0) ?? 0) > 0x2e7f ? 14 : 7.9;
  return Math.min(248, Math.max(104, width + 44));
}

/** Place a graph; deterministic, the same graph always gives the same drawing. */
export function place(graph: Graph, direction: Direction): Drawing {
  const index = new Map(graph.steps.map((step, at) => [step.name, at]));
  const links = graph.paths.map((path) => ({
    from: index.get(path.from) ?? 0,
    to: index.get(path.to) ?? 0,
    weight: path.count,
  }));
  const { layers, layerOf, routes, segments } = layer(graph.steps.length, links);
  const widths = graph.steps.map((step) => labelWidth(step.title));
  const real = graph.steps.length;
  const loops = new Set(links.filter((link) => link.from === link.to).map((link) => link.from));
  const across = (node: number) => {
    if (node >= real) return BEND;
    if (direction === "right") return STEP_HEIGHT + (loops.has(node) ? 40 : 0);
    return (widths[node] ?? 0) + (loops.has(node) ? 2 * LOOP : 0);
  };
  const along = (node: number) => (node >= real ? 0 : direction === "down" ? STEP_HEIGHT : (widths[node] ?? 0));

  const places = spread(layers, segments, across);
  const starts: number[] = [];
  let cursor = 0;
  for (const nodes of layers) {
    const thickness = Math.max(STEP_HEIGHT, ...nodes.map(along));
    starts.push(cursor + thickness / 2);
    cursor += thickness + GAP_ALONG[direction];
  }
  const point = (node: number): Point => {
    const u = starts[layerOf[node] ?? 0] ?? 0;
    const v = places.get(node) ?? 0;
    return direction === "down" ? { x: v, y: u } : { x: u, y: v };
  };

  const steps = graph.steps.map((step, at) => ({
    step,
    ...point(at),
    width: widths[at] ?? 0,
    height: STEP_HEIGHT,
  }));
  const both = new Set(graph.paths.map(pathKey));
  const paths = graph.paths.map((path, at) => {
    const route = routes[at] ?? [];
    const from = steps[links[at]?.from ?? 0];
    const to = steps[links[at]?.to ?? 0];
    if (!from || !to) throw new Error("a path leads to a step that is not drawn");
    if (from === to) return loop(path, from, direction);
    // There and back again run side by side, not on top of each other.
    const aside = both.has(pathKey({ from: path.to, to: path.from })) ? (path.from < path.to ? 11 : -11) : 0;
    return run(path, from, to, route.slice(1, -1).map(point), direction, aside);
  });
  return shifted(steps, paths);
}

/** Places across each layer: as near to the neighbours as the order and the gaps allow (least squares). */
function spread(
  layers: number[][],
  segments: { upper: number; lower: number; weight: number }[],
  size: (node: number) => number,
): Map<number, number> {
  const place = new Map<number, number>();
  for (const nodes of layers) {
    let cursor = 0;
    for (const node of nodes) {
      place.set(node, cursor + size(node) / 2);
      cursor += size(node) + GAP_ACROSS;
    }
    for (const node of nodes) place.set(node, (place.get(node) ?? 0) - cursor / 2);
  }
  const neighbours = new Map<number, number[]>();
  for (const { upper, lower } of segments) {
    neighbours.set(upper, [...(neighbours.get(upper) ?? []), lower]);
    neighbours.set(lower, [...(neighbours.get(lower) ?? []), upper]);
  }
  for (let round = 0; round < 24; round += 1) {
    for (const nodes of round % 2 === 0 ? layers : [...layers].reverse()) {
      const wanted = nodes.map((node) => {
        const around = (neighbours.get(node) ?? []).map((other) => place.get(other) ?? 0);
        return around.length ? around.reduce((sum, value) => sum + value, 0) / around.length : (place.get(node) ?? 0);
      });
      const offsets: number[] = [0];
      for (let at = 1; at < nodes.length; at += 1) {
        const gap = (size(nodes[at - 1] ?? 0) + size(nodes[at] ?? 0)) / 2 + GAP_ACROSS;
        offsets.push((offsets[at - 1] ?? 0) + gap);
      }
      const settled = isotonic(wanted.map((value, at) => value - (offsets[at] ?? 0)));
      nodes.forEach((node, at) => {
        place.set(node, (settled[at] ?? 0) + (offsets[at] ?? 0));
      });
    }
  }
  return place;
}

/** The nearest non-decreasing sequence (pool adjacent violators). */
export function isotonic(values: number[]): number[] {
  const blocks: { sum: number; size: number }[] = [];
  for (const value of values) {
    blocks.push({ sum: value, size: 1 });
    for (;;) {
      const last = blocks.at(-1);
      const before = blocks.at(-2);
      if (!last || !before || before.sum / before.size <= last.sum / last.size) break;
      before.sum += last.sum;
      before.size += last.size;
      blocks.pop();
    }
  }
  return blocks.flatMap((block) => new Array<number>(block.size).fill(block.sum / block.size));
}

const text = (value: number): string => value.toFixed(1);

function run(
  path: Path,
  from: PlacedStep,
  to: PlacedStep,
  bends: Point[],
  direction: Direction,
  aside: number,
): PlacedPath {
  const down = direction === "down";
  const next = bends[0] ?? to;
  const last = bends.at(-1) ?? from;
  const start = border(from, next, down, aside);
  const tip = border(to, last, down, aside);
  const points = [start, ...bends, tip];
  let line = `M${text(start.x)} ${text(start.y)}`;
  for (let at = 1; at < points.length; at += 1) {
    const a = points[at - 1] ?? start;
    const b = points[at] ?? tip;
    const [c, d] = down
      ? [
          { x: a.x, y: (a.y + b.y) / 2 },
          { x: b.x, y: (a.y + b.y) / 2 },
        ]
      : [
          { x: (a.x + b.x) / 2, y: a.y },
          { x: (a.x + b.x) / 2, y: b.y },
        ];
    line += `C${text(c.x)} ${text(c.y)} ${text(d.x)} ${text(d.y)} ${text(b.x)} ${text(b.y)}`;
  }
  const before = points.at(-2) ?? start;
  const angle = down ? (tip.y > before.y ? Math.PI / 2 : -Math.PI / 2) : tip.x > before.x ? 0 : Math.PI;
  const middle = points.length > 2 ? points[Math.floor(points.length / 2)] : undefined;
  const label = middle ?? { x: (start.x + tip.x) / 2, y: (start.y + tip.y) / 2 };
  return { path, key: pathKey(path), line, tip, angle, label };
}

/** Where a line towards another point leaves the box; forward and backward paths use different halves of the side. */
function border(box: PlacedStep, towards: Point, down: boolean, aside: number): Point {
  const clamp = (value: number, reach: number) => Math.max(-reach, Math.min(reach, value));
  if (down) {
    const x = box.x + clamp((towards.x - box.x) * 0.3 + aside, box.width / 2 - 14);
    return { x, y: box.y + (towards.y > box.y ? box.height / 2 : -box.height / 2) };
  }
  const y = box.y + clamp((towards.y - box.y) * 0.3 + aside / 2, box.height / 2 - 8);
  return { x: box.x + (towards.x > box.x ? box.width / 2 : -box.width / 2), y };
}

function loop(path: Path, box: PlacedStep, direction: Direction): PlacedPath {
  if (direction === "down") {
    const x = box.x + box.width / 2;
    const line = `M${text(x)} ${text(box.y - 9)}C${text(x + 30)} ${text(box.y - 24)} ${text(x + 30)} ${text(box.y + 24)} ${text(x)} ${text(box.y + 9)}`;
    return {
      path,
      key: pathKey(path),
      line,
      tip: { x, y: box.y + 9 },
      angle: Math.PI - 0.45,
      label: { x: x + 64, y: box.y },
    };
  }
  const y = box.y - box.height / 2;
  const line = `M${text(box.x - 12)} ${text(y)}C${text(box.x - 26)} ${text(y - 28)} ${text(box.x + 26)} ${text(y - 28)} ${text(box.x + 12)} ${text(y)}`;
  return {
    path,
    key: pathKey(path),
    line,
    tip: { x: box.x + 12, y },
    angle: Math.PI / 2 + 0.45,
    label: { x: box.x, y: y - 30 },
  };
}

/** Move the drawing so that it begins at the origin; the paths carry the shift in their own numbers. */
function shifted(steps: PlacedStep[], paths: PlacedPath[]): Drawing {
  const margin = 48;
  const xs = [
    ...steps.flatMap((s) => [s.x - s.width / 2, s.x + s.width / 2]),
    ...paths.flatMap((p) => [p.label.x - 36, p.label.x + 36]),
  ];
  const ys = [...steps.flatMap((s) => [s.y - s.height / 2, s.y + s.height / 2]), ...paths.map((p) => p.label.y)];
  const dx = margin - Math.min(...xs);
  const dy = margin - Math.min(...ys);
  const move = <P extends Point>(point: P): P => ({ ...point, x: point.x + dx, y: point.y + dy });
  return {
    steps: steps.map(move),
    paths: paths.map((path) => ({
      ...path,
      tip: move(path.tip),
      label: move(path.label),
      line: shiftLine(path.line, dx, dy),
    })),
    width: Math.max(...xs) - Math.min(...xs) + 2 * margin,
    height: Math.max(...ys) - Math.min(...ys) + 2 * margin,
  };
}

function shiftLine(line: string, dx: number, dy: number): string {
  let horizontal = false;
  return line.replace(/-?\d+\.\d/g, (number) => {
    horizontal = !horizontal;
    return text(Number(number) + (horizontal ? dx : dy));
  });
}
