import type { TFunction } from "i18next";

/** Where a wait happens, in words: between two steps, or between a step and its own repetition. */
export function placeOf(t: TFunction, path: { from: string; to: string }): string {
  return path.from === path.to
    ? t("journeys.place.again", { step: path.from })
    : t("journeys.place.between", { from: path.from, to: path.to });
}

export function pathName(path: { from: string; to: string }): string {
  return path.from === path.to ? `${path.from} ↻` : `${path.from} → ${path.to}`;
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
