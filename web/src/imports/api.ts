/** Imports: files sent in, what they seem to be, what they would become, what became of them. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ApiError, ask, csrfHeaders, notice } from "../api/client";
import { isOpen, type Job } from "../jobs/api";
import type { Mapping, Plan, Suggestion } from "./plan";

export interface Upload {
  id: string;
  name: string;
  format: string;
  bytes: number;
  created: string;
  expires: string;
}

export interface Counts {
  read: number;
  appended: number;
  duplicates: number;
  rejected: number;
  seconds: number;
  source: string;
}

export interface About {
  upload: string;
  file: string;
  bytes: number;
  kind: string;
  mends?: string;
}

export type ImportJob = Job<Counts & Record<string, unknown>, About & Record<string, unknown>> & { plan?: Plan };

export interface Reject {
  line: number;
  reason: string;
  zh: string;
  en: string;
  column?: string | null;
  value?: string | null;
  detail?: string | null;
  values?: string[] | null;
}

export interface Preview {
  read: number;
  accepted: number;
  rejected: number;
  whole: boolean;
  events: { line: number; event: Record<string, unknown> }[];
  rejects: Reject[];
  fault: { code: string; detail: string } | null;
}

const BUSY_MS = 2_000;
/** How ZIP archives begin, and with them Excel workbooks. */
const ZIP = [0x50, 0x4b, 0x03, 0x04];

export function useImports() {
  return useQuery({
    queryKey: ["imports"],
    queryFn: ({ signal }) =>
      ask<{ imports: ImportJob[]; today: { files: number; appended: number; rejected: number } }>("/v1/imports", {
        signal,
      }),
    refetchInterval: (query) => (query.state.data?.imports.some(isOpen) ? BUSY_MS : false),
    staleTime: 0,
  });
}

export function useUploads() {
  return useQuery({
    queryKey: ["imports", "uploads"],
    queryFn: ({ signal }) => ask<{ uploads: Upload[] }>("/v1/uploads", { signal }),
    staleTime: 0,
  });
}

export function useUpload(id: string) {
  return useQuery({ queryKey: ["upload", id], queryFn: ({ signal }) => ask<Upload>(`/v1/uploads/${id}`, { signal }) });
}

export function useSuggestion(id: string) {
  return useQuery({
    queryKey: ["suggestion", id],
    queryFn: ({ signal }) => ask<Suggestion>(`/v1/uploads/${id}/suggest`, { method: "POST", signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

export function usePreview(id: string, plan: Plan | null) {
  return useQuery({
    queryKey: ["preview", id, plan],
    queryFn: ({ signal }) =>
      ask<Preview>(`/v1/uploads/${id}/preview`, { method: "POST", json: plan ?? undefined, signal }),
    enabled: plan !== null,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useRejects(job: ImportJob, offset: number, limit: number) {
  return useQuery({
    queryKey: ["rejects", job.id, job.finished, offset, limit],
    queryFn: ({ signal }) =>
      ask<{ total: number; columns: string[]; rows: Reject[] }>(
        `/v1/imports/${job.id}/rejects?offset=${offset}&limit=${limit}`,
        { signal },
      ),
    enabled: !isOpen(job),
  });
}

export const startImport = (upload: string, plan: Plan) =>
  ask<ImportJob>("/v1/imports", { method: "POST", json: { ...plan, upload } });

export const sendFixes = (job: string, rows: Record<string, string>[]) =>
  ask<ImportJob>(`/v1/imports/${job}/fixes`, { method: "POST", json: { rows } });

export const removeUpload = (id: string) => ask<null>(`/v1/uploads/${id}`, { method: "DELETE" });

export const saveMapping = (name: string, plan: Plan) =>
  ask<unknown>(`/v1/mappings/${encodeURIComponent(name)}`, { method: "PUT", json: plan });

export const savedMappings = () =>
  ask<{ mappings: { name: string; plan: Plan & { mapping: Mapping } }[] }>("/v1/mappings");

/**
 * Send a file in, telling the share that has left this browser.
 *
 * @throws ApiError when the server refused it or did not answer
 */
export async function sendFile(file: File, tell: (share: number) => void): Promise<Upload> {
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  // An archive or a workbook would be refused when it has arrived; say so before it is sent.
  if (ZIP.every((byte, at) => head[at] === byte)) throw new ApiError(415, "upload_type", "The file is a ZIP archive.");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/v1/uploads?name=${encodeURIComponent(file.name || "upload")}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => tell(event.total ? event.loaded / event.total : 0);
    request.onerror = () => reject(new ApiError(0, "no_answer", "no answer"));
    request.onload = () => {
      const said = parsed(request.responseText);
      if (request.status === 201) resolve(said as unknown as Upload);
      else {
        notice("/v1/uploads", request.status);
        reject(new ApiError(request.status, String(said.code ?? "unknown"), String(said.detail ?? request.statusText)));
      }
    };
    request.send(file);
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
