import type { GroupedFigures, Unit } from "./types";

/** Least share of a period that the record must cover; a month with one recorded day would look like a fall. */
const COVERED_MIN = 0.25;

/** The periods of a trend that the record covers: the first and the last one are often cut. */
export function covered(trend: GroupedFigures): GroupedFigures["groups"] {
  const { first_us: first, last_us: last } = trend.scope;
  return trend.groups.filter(({ since_us: since, until_us: until }) => {
    if (since == null || until == null || first === null || last === null) return true;
    return Math.min(until, last) - Math.max(since, first) >= COVERED_MIN * (until - since);
  });
}

/** Split periods into runs without a gap, so that a missing period is drawn as missing. */
export function unbroken<M extends { at: number }>(known: M[]): M[][] {
  const runs: M[][] = [];
  for (const moment of known) {
    const run = runs.at(-1);
    if (run && run.at(-1)?.at === moment.at - 1) run.push(moment);
    else runs.push([moment]);
  }
  return runs;
}

/**
 * The ends and ticks of a value axis. Amounts start at zero; shares and points are cut to what varies, because a share
 * near 90 % would otherwise be a straight line, but never so close that noise looks like a mountain.
 */
export function niceAxis(values: number[], unit: Unit): [number, number, number[]] {
  if (values.length === 0) return [0, 1, [0, 0.5, 1]];
  const highest = Math.max(...values);
  const lowest = Math.min(...values);
  if (unit !== "share" && unit !== "points" && unit !== "score") {
    const step = stepOf((highest * 1.02) / 4 || 1);
    const end = Math.ceil((highest * 1.02 || 1) / step) * step;
    return [0, end, ticksOf(0, end, step)];
  }
  const [floor, ceiling] = unit === "share" ? [0, 1] : unit === "points" ? [-100, 100] : [1, 7];
  const least = unit === "share" ? 0.1 : unit === "points" ? 20 : 1;
  const spare = Math.max(0, least - (highest - lowest)) / 2;
  const step = stepOf((Math.max(least, highest - lowest) * 1.1) / 4);
  const low = Math.max(floor, Math.floor((lowest - spare) / step) * step);
  const high = Math.min(ceiling, Math.ceil((highest + spare) / step) * step);
  return [low, high, ticksOf(low, high, step)];
}

function stepOf(width: number): number {
  const size = 10 ** Math.floor(Math.log10(width));
  for (const step of [1, 2, 2.5, 5, 10]) if (step * size >= width) return step * size;
  return 10 * size;
}

function ticksOf(low: number, high: number, step: number): number[] {
  const count = Math.round((high - low) / step);
  return Array.from({ length: count + 1 }, (_, index) => Number((low + index * step).toPrecision(10)));
}
