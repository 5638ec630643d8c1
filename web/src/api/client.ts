/** The one way to the server: paths and shapes generated from its OpenAPI, problems turned into errors to read. */
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** A refusal or failure of the server, as RFC 9457 describes it; status 0 means that no answer came. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The whole problem object, for members beyond the usual ones (such as `retry_after_seconds`). */
    readonly problem: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
/** Answers under this path are about signing in itself; a 401 there is no session that ended. */
const SESSION_PATH = "/v1/session";
let csrf: string | null = null;
let onSignedOut: () => void = () => undefined;

/** Remember the token that every changing request of this session must show. */
export function rememberCsrf(token: string | null): void {
  csrf = token;
}

/** Say what happens when the server no longer knows the session in the middle of work. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

/** The headers a changing request needs besides its own; for uploads, which do not go through the client. */
export function csrfHeaders(): Record<string, string> {
  return csrf === null ? {} : { "X-CSRF-Token": csrf };
}

export const client = createClient<paths>({ baseUrl: window.location.origin });
client.use({
  onRequest({ request }) {
    if (csrf !== null && !SAFE.has(request.method)) request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
  onResponse({ request, response }) {
    notice(new URL(request.url).pathname, response.status);
    return undefined;
  },
});

/** Look at an answer that did not come through the client: a 401 in the middle of work asks to sign in again. */
export function notice(path: string, status: number): void {
  if (status === 401 && !path.startsWith(SESSION_PATH)) onSignedOut();
}

interface Answer<Body> {
  data?: Body;
  error?: unknown;
  response: Response;
}

/**
 * The body of an answer.
 *
 * @throws ApiError when the server refused, failed, or did not answer at all
 */
export async function body<Body>(call: Promise<Answer<Body>>): Promise<Body> {
  let answer: Answer<Body>;
  try {
    answer = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "no_answer", String(cause));
  }
  if (answer.data !== undefined) return answer.data;
  throw problemOf(answer.response, answer.error);
}

interface Asked {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  json?: unknown;
  signal?: AbortSignal;
}

/**
 * Ask a path whose answer is of a shape the caller knows (null where the answer has no body).
 *
 * @throws ApiError when the server refused, failed, or did not answer at all
 */
export async function ask<Body>(path: string, { method = "GET", json, signal }: Asked = {}): Promise<Body> {
  const headers = { ...(json !== undefined && { "Content-Type": "application/json" }), ...csrfHeaders() };
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: json === undefined ? undefined : JSON.stringify(json),
      signal,
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "no_answer", String(cause));
  }
  const text = await response.text();
  const parsed: unknown = text && response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : null;
  if (response.ok) return parsed as Body;
  notice(path, response.status);
  throw problemOf(response, parsed);
}

function problemOf(response: Response, problem: unknown): ApiError {
  if (problem && typeof problem === "object" && "detail" in problem && typeof problem.detail === "string") {
    const code = "code" in problem && typeof problem.code === "string" ? problem.code : "unknown";
    return new ApiError(response.status, code, problem.detail, problem as Record<string, unknown>);
  }
  return new ApiError(response.status, "unknown", `${response.status} ${response.statusText}`);
}
