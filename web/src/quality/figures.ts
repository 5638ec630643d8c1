import type { Format } from "../shared/format";
import type { Figure, Unit } from "./types";

/** A value in the words of its unit; intervals and axes use the same function, so that they always agree. */
export function valueText(value: number, unit: Unit, format: Format): string {
  switch (unit) {
    case "share":
      return format.share(value);
    case "seconds":
      return format.duration(value);
    case "hours":
      return format.duration(value * 3600);
    case "points":
      return format.signed(value);
    case "score":
      return format.decimal(value, 2);
    case "per_10000":
      return format.decimal(value, 1);
    case "count":
      return format.whole(value);
  }
}

/** The next round number, for the end of an axis. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const size = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 1.5, 2, 3, 4, 5, 6, 8, 10]) if (step * size >= value) return step * size;
  return 10 * size;
}

/** The ends of the axis a figure is drawn on: the whole range where there is one, from zero otherwise. */
export function axisOf(figure: Figure, target = 0): [number, number] {
  if (figure.unit === "share") return [0, 1];
  if (figure.unit === "points") return [-100, 100];
  if (figure.id === "surveys.ces_mean") return [1, 7];
  return [0, roundUp(Math.max(figure.high ?? 0, figure.value ?? 0, target) * 1.1)];
}

/** The order of the first page: how it felt, whether it worked, how fast it was. */
export const mainFigures = [
  "surveys.csat",
  "surveys.nps",
  "surveys.ces_mean",
  "contacts.first_contact_resolution",
  "calls.answered_share",
  "calls.asa_seconds",
  "calls.within_20s_share",
  "complaints.per_10000",
  "complaints.timely_share",
  "complaints.resolution_km_p50_hours",
  "tickets.sla_met_share",
  "tickets.resolution_km_p50_hours",
] as const;
