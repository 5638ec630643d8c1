/** The one way to the server: typed paths, problem bodies turned into errors that a person can read. */

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

export type Query = Record<string, string | number | boolean | null | undefined>;

/** Read one resource; absent parameters are left out of the address. */
export async function read<Body>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Body> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") parameters.set(name, String(value));
  }
  const address = parameters.size ? `${path}?${parameters}` : path;
  let response: Response;
  try {
    response = await fetch(address, { headers: { accept: "application/json" }, signal });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "no_answer", String(cause));
  }
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as Body;
}

async function problemOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  if (body && typeof body === "object" && "detail" in body && typeof body.detail === "string") {
    const code = "code" in body && typeof body.code === "string" ? body.code : "unknown";
    return new ApiError(response.status, code, body.detail);
  }
  return new ApiError(response.status, "unknown", `${response.status} ${response.statusText}`);
}
