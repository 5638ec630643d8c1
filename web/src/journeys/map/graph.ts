/** The journey as a graph, and the part of it the reader chose to see. */

export interface Waiting {
  mean: number;
  p50: number;
  p95: number;
  max: number;
  total: number;
}

export interface Step {
  /** As the record names it, and as the reader knows it. */
  name: string;
  title: string;
  /** How often the step happened, and in how many cases. */
  count: number;
  cases: number;
  /** How many cases begin and end here. */
  starts: number;
  ends: number;
}

export interface Path {
  from: string;
  to: string;
  fromTitle: string;
  toTitle: string;
  count: number;
  cases: number;
  wait: Waiting;
}

export interface Graph {
  steps: Step[];
  paths: Path[];
}

export type Measure = "count" | "total" | "p50" | "p95";
export const measures: readonly Measure[] = ["total", "p50", "p95", "count"];

/** What a path weighs under a measure; seconds for waiting, a number of times for count. */
export function weightOf(path: Path, measure: Measure): number {
  return measure === "count" ? path.count : path.wait[measure];
}

export const pathKey = (path: { from: string; to: string }): string => `${path.from}\u0000${path.to}`;

/**
 * The share of steps (most frequent first) and of paths (heaviest first) to show.
 *
 * Every step shown keeps its most travelled way in and out, so that nothing hangs in the air however few paths the
 * reader asks for.
 */
export function choose(graph: Graph, stepShare: number, pathShare: number, measure: Measure): Graph {
  const ranked = [...graph.steps].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
  const steps = ranked.slice(0, Math.max(1, Math.ceil(ranked.length * stepShare)));
  const shown = new Set(steps.map((step) => step.name));
  const candidates = graph.paths.filter((path) => shown.has(path.from) && shown.has(path.to));
  const heavy = [...candidates].sort((a, b) => weightOf(b, measure) - weightOf(a, measure) || b.count - a.count);
  const kept = new Set(heavy.slice(0, Math.ceil(heavy.length * pathShare)));
  const travelled = [...candidates].sort((a, b) => b.count - a.count);
  for (const step of steps) {
    const way = (test: (path: Path) => boolean) => travelled.find((path) => path.from !== path.to && test(path));
    for (const path of [way((p) => p.from === step.name), way((p) => p.to === step.name)]) if (path) kept.add(path);
  }
  return { steps, paths: candidates.filter((path) => kept.has(path)) };
}
