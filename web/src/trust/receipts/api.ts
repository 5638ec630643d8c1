/** Receipts of single events and the papers of a case, as the server makes them. */
import { useQuery } from "@tanstack/react-query";
import type { Both } from "../../access/session";
import { ask } from "../../api/client";

export interface Receipt {
  position: number;
  index: number;
  type: string;
  kind: string;
  kind_text: Both;
  time: string;
  in_log: boolean;
  id: string;
  case: string | null;
}

export interface TrailStep {
  position: number;
  index: number;
  type: string;
  time: string;
  title: Both;
  actor: string | null;
  inputs: { name: string; commitment: string }[];
  rule: { name: string; version: string } | null;
  reasons: { code: string; zh: string; en: string }[];
  previous: number[];
  proof: string | null;
  broken: string | null;
  /** What is wrong with the step, in words. */
  broken_text: Both | null;
}

/** How receipts are asked for: by a place in the record, an event's id, or a case. */
export type Sought = { position: string } | { event: string } | { case: string };

/** The base of the addresses: what staff may see, or a customer's own. */
export const STAFF = "/v1/trust/receipts";
export const OWN = "/v1/own/receipts";

export function useReceipts(sought: Sought | null) {
  return useQuery({
    queryKey: ["receipts", sought],
    enabled: sought !== null,
    queryFn: ({ signal }) => ask<{ items: Receipt[] }>(`${STAFF}?${new URLSearchParams({ ...sought })}`, { signal }),
    retry: false,
  });
}

export function useOwnReceipts(enabled: boolean) {
  return useQuery({
    queryKey: ["receipts", "own"],
    enabled,
    queryFn: ({ signal }) => ask<{ items: Receipt[] }>(OWN, { signal }),
    retry: false,
  });
}

/** The steps of a decision: from one of its events, or (for staff) of a whole case. */
export function useTrail(from: { position: string } | { case: string }, own: boolean) {
  const base = own ? "/v1/own" : "/v1/trust";
  const path =
    "case" in from
      ? `${base}/cases/${encodeURIComponent(from.case)}/trail`
      : `${base}/trail/${encodeURIComponent(from.position)}`;
  return useQuery({
    queryKey: ["trail", path],
    queryFn: ({ signal }) => ask<{ steps: TrailStep[] }>(path, { signal }),
    retry: false,
  });
}
