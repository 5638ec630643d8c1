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
  ) {
    super(message);
  }
}

export const client = createClient<paths>({ baseUrl: window.location.origin });

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

function problemOf(response: Response, problem: unknown): ApiError {
  if (problem && typeof problem === "object" && "detail" in problem && typeof problem.detail === "string") {
    const code = "code" in problem && typeof problem.code === "string" ? problem.code : "unknown";
    return new ApiError(response.status, code, problem.detail);
  }
  return new ApiError(response.status, "unknown", `${response.status} ${response.statusText}`);
}
