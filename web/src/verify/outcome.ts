import type { Verdict } from "./engine/check";

/** How a check came out. Unsettled is not false: a key may be missing, or a witness not have signed yet. */
export type Outcome = "good" | "bad" | "open";
export const UNSETTLED: ReadonlySet<string> = new Set([
  "log_unknown",
  "key_unknown",
  "witness_few",
  "witness_unchecked",
  "no_opening",
  "opening_unknown",
]);

export function outcomeOf({ ok, why }: Verdict): Outcome {
  if (ok) return "good";
  return why && UNSETTLED.has(why.code) ? "open" : "bad";
}
