/** The verifiable log of this installation, as the server tells of it. */
import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import type { Job } from "../../jobs/api";

export interface WitnessSeen {
  name: string;
  time: string | null;
  ok: boolean;
}

export interface Anchor {
  kind: string;
  size: number;
  root: string;
  time: string | null;
  where: string;
  ok: boolean;
  detail: string | null;
}

export interface Fault {
  kind: string;
  event: string | null;
  index: number | null;
  detail?: string;
}

export interface Audit {
  ok: boolean;
  entries: number;
  seconds: number;
  time: string;
  /** All of them are counted, the first thousand named. */
  faults_total: number;
  faults: Fault[];
}

export interface TrustState {
  initialised: boolean;
  origin: string | null;
  vkeys: string[];
  head: { size: number; root: string; time: string | null } | null;
  record: number;
  behind: number;
  witnesses: { needed: number; of: number; seen: WitnessSeen[] };
  anchors: Anchor[];
  audit: Audit | null;
  publishing: { every_seconds: number; last_error: string | null };
}

export const trustKey = ["trust", "state"];

/** The state of the log; asked again now and then, for it grows while one looks at it. */
export function useTrust() {
  return useQuery({
    queryKey: trustKey,
    queryFn: ({ signal }) => ask<TrustState>("/v1/trust", { signal }),
    refetchInterval: 15_000,
    staleTime: 5_000,
  });
}

export const startLog = (origin: string) =>
  ask<unknown>("/v1/trust", { method: "POST", json: origin ? { origin } : {} });

export const startAudit = () => ask<Job>("/v1/trust/audit", { method: "POST", json: {} });
