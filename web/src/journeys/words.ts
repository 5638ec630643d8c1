import type { TFunction } from "i18next";
import type { Format } from "../shared/format";
import type { NameOf } from "../shared/names";
import type { Graph, Measure, Path } from "./map/graph";

/** Where a wait happens, in words: between two steps, or between a step and its own repetition. */
export function placeOf(t: TFunction, name: NameOf, path: { from: string; to: string }): string {
  return path.from === path.to
    ? t("journeys.place.again", { step: name("step", path.from) })
    : t("journeys.place.between", { from: name("step", path.from), to: name("step", path.to) });
}

export function pathName(name: NameOf, path: { from: string; to: string }): string {
  const from = name("step", path.from);
  return path.from === path.to ? `${from} ↻` : `${from} → ${name("step", path.to)}`;
}

/** How often a path is taken, or how long the wait on it is, by the measure shown. */
export function weightText(format: Format, path: Path, measure: Measure): string {
  return measure === "count" ? format.whole(path.count) : format.duration(path.wait[measure]);
}

/** The graph with the names its reader knows. */
export function titled(graph: Graph, name: NameOf): Graph {
  const title = (key: string) => name("step", key);
  return {
    steps: graph.steps.map((step) => ({ ...step, title: title(step.name) })),
    paths: graph.paths.map((path) => ({ ...path, fromTitle: title(path.from), toTitle: title(path.to) })),
  };
}

const SAYABLE: [number, string][] = [
  [0.25, "quarter"],
  [1 / 3, "third"],
  [0.5, "half"],
  [2 / 3, "twoThirds"],
  [0.75, "threeQuarters"],
];

/**
 * The words for a share, where honest ones exist: the plain fraction has to lie within the interval and within two
 * points of the value; otherwise the reader gets the percentage.
 */
export function fractionWord(share: number, low: number, high: number): string | null {
  for (const [fraction, word] of SAYABLE) {
    if (
      Math.abs(share - fraction) <= 0.02 &&
      (Math.abs(share - fraction) <= 0.01 || (fraction >= low && fraction <= high))
    )
      return word;
  }
  return null;
}
