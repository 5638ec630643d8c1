import { dayText } from "../shared/period";
import type { Line } from "./api";

/** Contacts of one case that follow one another within a day; a contact without a case stands alone. */
export interface Thread {
  case: string | null;
  lines: Line[];
}

export interface Day {
  day: string;
  threads: Thread[];
}

/** The contacts by day of the reader's zone, in their order, neighbours of the same case in one thread. */
export function daysOf(lines: readonly Line[]): Day[] {
  const days: Day[] = [];
  for (const line of lines) {
    const day = dayText(new Date(line.time));
    let group = days.at(-1);
    if (group?.day !== day) {
      group = { day, threads: [] };
      days.push(group);
    }
    const thread = group.threads.at(-1);
    if (thread && line.case !== null && thread.case === line.case) thread.lines.push(line);
    else group.threads.push({ case: line.case, lines: [line] });
  }
  return days;
}
