/** Long-running work: what the server tells of it, asked for and followed. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Both } from "../access/session";
import { ask } from "../api/client";

export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

export interface Problem {
  code: string;
  detail: string;
  [fact: string]: unknown;
}

export interface Job<Result = Record<string, unknown>, About = Record<string, unknown>> {
  id: string;
  kind: string;
  title: Both;
  state: JobState;
  done: number;
  total: number | null;
  what: Both;
  attempts: number;
  created: string;
  started: string | null;
  finished: string | null;
  about: About;
  result: Result | null;
  error: Problem | null;
  owner: string;
  cancelling: boolean;
  retryable: boolean;
}

export const isOpen = (job: Pick<Job, "state">) => job.state === "queued" || job.state === "running";

/** How far a job is, 0 to 1; null while nobody can know. */
export function shareOf(job: Pick<Job, "state" | "done" | "total">): number | null {
  if (job.state === "succeeded") return 1;
  return job.total ? Math.min(job.done / job.total, 1) : null;
}

const BUSY_MS = 2_000;
const IDLE_MS = 20_000;

/** My jobs, newest first; asked again soon while any of them waits or runs. */
export function useJobs(enabled = true) {
  return useQuery({
    queryKey: ["jobs"],
    queryFn: ({ signal }) => ask<{ jobs: Job[] }>("/v1/jobs?limit=20", { signal }),
    refetchInterval: (query) => (query.state.data?.jobs.some(isOpen) ? BUSY_MS : IDLE_MS),
    enabled,
    retry: false,
  });
}

/** One job, followed while it is open: after a reload, and after a break of the line, it goes on by itself. */
export function useJob<Found extends Job>(id: string, path = `/v1/jobs/${id}`) {
  const queries = useQueryClient();
  const query = useQuery({ queryKey: ["job", path], queryFn: ({ signal }) => ask<Found>(path, { signal }) });
  const open = query.data ? isOpen(query.data) : false;
  useEffect(() => {
    if (!open) return;
    const stream = new EventSource(`/v1/jobs/${id}/follow`);
    stream.onmessage = (event) => {
      const told = JSON.parse(String(event.data)) as Found;
      queries.setQueryData<Found>(["job", path], (known) => ({ ...known, ...told }));
      if (!isOpen(told)) {
        stream.close();
        void queries.invalidateQueries({ queryKey: ["jobs"] });
        void queries.invalidateQueries({ queryKey: ["imports"] });
      }
    };
    return () => stream.close();
  }, [open, id, path, queries]);
  return query;
}

export const cancelJob = (id: string) => ask<Job>(`/v1/jobs/${id}/cancel`, { method: "POST" });
export const retryJob = (id: string) => ask<Job>(`/v1/jobs/${id}/retry`, { method: "POST" });
