import { useQuery } from "@tanstack/react-query";
import { ask } from "../api/client";
import type { Text } from "../quality/types";

export type Verdict = "found" | "missed" | "within" | "outside" | "not_looked" | "too_few";

/** One planted thing and what the product says about it. */
export interface TruthLine {
  id: string;
  group: string;
  name: Text;
  planted: Text;
  verdict: Verdict;
  found: Text | null;
  unit: "share" | "factor" | "count" | null;
  planted_value: number | null;
  value: number | null;
  low: number | null;
  high: number | null;
  n: number | null;
}

export interface Truth {
  counts: Record<Verdict, number>;
  lines: TruthLine[];
}

/** The comparison; the server keeps it as long as the record does not grow. */
export function useTruth() {
  return useQuery({ queryKey: ["truth"], queryFn: ({ signal }) => ask<Truth>("/v1/truth", { signal }) });
}
