/** What a caller may do and what somebody is, as the server names them (`GET /v1/rights` has the table). */
export type Right =
  | "record:append"
  | "record:read"
  | "record:personal"
  | "figures:read"
  | "export"
  | "imports:run"
  | "walks:write"
  | "complaints:all"
  | "audit:read"
  | "users:manage"
  | "keys:manage"
  | "settings:manage"
  | "truth:read"
  | "trust:read"
  | "trust:audit"
  | "receipts:make"
  | "own:read";

export type Role = "admin" | "analyst" | "officer" | "agent" | "auditor" | "customer" | "regulator";

export const roles: readonly Role[] = ["admin", "analyst", "officer", "agent", "auditor", "customer", "regulator"];

/** The part of a text's key that names a right: `access.right.<key>`. */
export const rightKey = (right: string): string => right.replace(":", "_");
