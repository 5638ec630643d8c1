import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

/** What the reader narrowed the page down to; it lives in the address, so that a link shows the same page. */
export interface Filters {
  from?: string;
  to?: string;
  channel?: string;
  branch?: string;
  product?: string;
  segment?: string;
}

export const filterNames = ["from", "to", "channel", "branch", "product", "segment"] as const;

export function readFilters(params: URLSearchParams): Filters {
  const filters: Filters = {};
  for (const name of filterNames) {
    const value = params.get(name);
    if (value) filters[name] = value;
  }
  return filters;
}

/** One parameter of the address, and the way to change several at once (an empty value removes it). */
export function useAddress() {
  const [params, setParams] = useSearchParams();
  const text = params.toString();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the parameters and is stable.
  const filters = useMemo(() => readFilters(params), [text]);
  const change = useCallback(
    (changes: Record<string, string | null | undefined>) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            if (value === null || value === undefined || value === "") next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true, preventScrollReset: true },
      );
    },
    [setParams],
  );
  return { params, filters, change };
}
