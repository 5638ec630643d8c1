/**
 * What a shopper has recorded and the server does not have yet. It lives in the phone's own storage, so that neither a
 * tunnel nor a closed page loses anything, and is sent again under the same key until the server has it.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, ask, csrfHeaders, notice } from "../api/client";
import { photosAddress, stepsAddress, type Walk } from "./api";

export interface UnsentStep {
  key: string;
  step: string;
  seconds: number;
  feeling: number;
  done: string;
  channel: string | null;
  note: string | null;
}

export interface Outbox {
  /** When the clock of the present step began, in ms since 1970. */
  since: number | null;
  steps: UnsentStep[];
  photos: { key: string; data: string }[];
  /** Why the server refused a step, by its key. */
  refused: Record<string, string>;
}

const EMPTY: Outbox = { since: null, steps: [], photos: [], refused: {} };
const EVERY_MS = 15_000;
const nameOf = (walk: string) => `tiexin.walk.${walk}`;

export function readOutbox(walk: string): Outbox {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(nameOf(walk)) ?? "null");
    return stored && typeof stored === "object" ? { ...EMPTY, ...stored } : EMPTY;
  } catch {
    return EMPTY;
  }
}

/** Keep an outbox; false where the phone has no room left. */
export function keepOutbox(walk: string, outbox: Outbox): boolean {
  try {
    const nothing = outbox.since === null && outbox.steps.length === 0 && outbox.photos.length === 0;
    if (nothing) localStorage.removeItem(nameOf(walk));
    else localStorage.setItem(nameOf(walk), JSON.stringify(outbox));
    return true;
  } catch {
    return false;
  }
}

/** A key that no other step has; the server takes it once only. */
export function newKey(): string {
  return `s-${Date.now().toString(36)}-${Array.from(crypto.getRandomValues(new Uint8Array(8)), (one) => one.toString(16).padStart(2, "0")).join("")}`;
}

/** The bytes of a `data:` address; fetching one is not what the page's policy allows. */
function blobOf(data: string): Blob {
  const [head = "", body = ""] = data.split(",");
  const bytes = Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
  return new Blob([bytes], { type: head.slice("data:".length).split(";")[0] ?? "" });
}

/** Send one photo as it is: the body of the request is the picture. */
async function sendPhoto(walk: string, key: string, data: string): Promise<void> {
  const content = blobOf(data);
  const path = photosAddress(walk, key);
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      body: content,
      headers: { "Content-Type": content.type, ...csrfHeaders() },
    });
  } catch (cause) {
    throw new ApiError(0, "no_answer", String(cause));
  }
  if (response.ok) return;
  notice(path, response.status);
  const problem = (await response.json().catch(() => null)) as { code?: string; detail?: string } | null;
  throw new ApiError(response.status, problem?.code ?? "unknown", problem?.detail ?? response.statusText);
}

/** Whether asking again may help: no answer, a server in trouble, or a session that ended. */
const later = (error: unknown) =>
  !(error instanceof ApiError) || error.status === 0 || error.status === 401 || error.status >= 500;

/** The outbox of a walk, sent whenever there is something and a connection. */
export function useOutbox(walk: string) {
  const queries = useQueryClient();
  const [outbox, setOutbox] = useState(() => readOutbox(walk));
  const [full, setFull] = useState(false);
  const now = useRef(outbox);
  const sending = useRef(false);
  const put = useCallback(
    (change: (before: Outbox) => Outbox) => {
      now.current = change(now.current);
      setFull(!keepOutbox(walk, now.current));
      setOutbox(now.current);
    },
    [walk],
  );
  const send = useCallback(async () => {
    if (sending.current) return;
    sending.current = true;
    try {
      await sendAll(
        walk,
        () => now.current,
        put,
        (made) => queries.setQueryData(["walks", walk], made),
      );
    } finally {
      sending.current = false;
    }
  }, [walk, put, queries]);
  useEffect(() => {
    void send();
    const timer = setInterval(() => void send(), EVERY_MS);
    const again = () => void send();
    window.addEventListener("online", again);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", again);
    };
  }, [send]);
  return { outbox, full, put, send };
}

async function sendAll(
  walk: string,
  read: () => Outbox,
  put: (change: (before: Outbox) => Outbox) => void,
  took: (walk: Walk) => void,
): Promise<void> {
  for (const step of read().steps.filter(({ key }) => !read().refused[key])) {
    try {
      took(await ask<Walk>(stepsAddress(walk), { method: "POST", json: step }));
      put((box) => ({ ...box, steps: box.steps.filter(({ key }) => key !== step.key) }));
    } catch (error) {
      if (later(error)) return;
      const said = error instanceof Error ? error.message : String(error);
      put((box) => ({ ...box, refused: { ...box.refused, [step.key]: said } }));
    }
  }
  const waits = new Set(read().steps.map(({ key }) => key));
  let sent = 0;
  for (const photo of read().photos.filter(({ key }) => !waits.has(key))) {
    try {
      await sendPhoto(walk, photo.key, photo.data);
      sent += 1;
    } catch (error) {
      if (later(error)) break;
    }
    // A photo that the server refuses for good is not asked about again.
    put((box) => ({ ...box, photos: box.photos.filter((one) => one !== photo) }));
  }
  if (sent) took(await ask<Walk>(`/v1/walks/${encodeURIComponent(walk)}`));
}
