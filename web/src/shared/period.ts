import type { Filters } from "./address";

/** The IANA name of the reader's own zone; days on the page are days there. */
export const readersZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The day of a moment in the reader's zone, as ISO text. */
export function dayText(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** The days of the filters as moments; the server's `until` is exclusive, the reader's "to" is not. */
export function spanOf({ from, to }: Filters): { since?: string; until?: string } {
  const begin = (day: string, later: number) => {
    const moment = new Date(`${day}T00:00:00`);
    moment.setDate(moment.getDate() + later);
    return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
  };
  return { ...(from && { since: begin(from, 0) }), ...(to && { until: begin(to, 1) }) };
}
