import { ApiError, csrfHeaders, notice } from "../../api/client";
import { download } from "../csv";

export type Cell = string | number | boolean | null | undefined;
export type Kind = "text" | "number" | "share" | "moment";

export interface ExportColumn {
  key: string;
  title: string;
  /** What the cells are; guessed from the rows where it is not given. */
  kind?: Kind;
}

/** A table as it leaves: what it is about, its columns, every row. */
export interface ExportTable {
  /** The stable name of what is taken out, where only the table knows it. */
  name?: string;
  title: string;
  columns: ExportColumn[];
  rows: Cell[][];
}

/** A finite number, a text or nothing: what the server takes. */
function sent(cell: Cell): string | number | boolean | null {
  if (cell === undefined || (typeof cell === "number" && !Number.isFinite(cell))) return null;
  return cell;
}

/** A column is one of numbers when every cell that holds something is a number. */
export function kindOf(rows: Cell[][], at: number): Kind {
  const known = rows.map((row) => sent(row[at])).filter((cell) => cell !== null && cell !== "");
  return known.length > 0 && known.every((cell) => typeof cell === "number") ? "number" : "text";
}

/** A name as the server takes it: letters, digits, dots and dashes. */
export const plainName = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}_.-]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 100) || "table";

/** A key for a column that bears no name of its own. */
export const keyOf = (title: string, at: number): string => title.slice(0, 90).trim() || `column_${at + 1}`;

/** Where the reader is, as it is written into the file and the audit record. */
export const hereAddress = (): string => (window.location.pathname + window.location.search).slice(0, 4096);

/** What `POST /v1/exports` takes for a table. */
export function bodyOf(name: string, format: "csv" | "xlsx", table: ExportTable, language: string) {
  return {
    what: plainName(table.name ?? name),
    format,
    title: table.title.slice(0, 1000) || name,
    columns: table.columns.map((column, at) => ({
      // The server refuses the same key twice; titles that were made into keys may well be equal.
      key: table.columns.findIndex((one) => one.key === column.key) === at ? column.key : `${column.key}_${at + 1}`,
      title: column.title.slice(0, 1000),
      kind: column.kind ?? kindOf(table.rows, at),
    })),
    rows: table.rows.map((row) => table.columns.map((_, at) => sent(row[at]))),
    address: hereAddress(),
    language: language === "zh-CN" ? "zh-CN" : "en",
  };
}

/**
 * Send a table through the server, which checks and records the export, and offer the file it returns.
 *
 * @throws ApiError when the server refused or did not answer; no file was made then
 */
export async function exportTable(name: string, format: "csv" | "xlsx", table: ExportTable, language: string) {
  const response = await post("/v1/exports", bodyOf(name, format, table, language));
  download(nameOf(response) ?? `tiexin-${name}.${format}`, await response.blob());
}

/** Have the server record that a picture is taken out; the picture itself never leaves the browser. */
export async function notePicture(name: string): Promise<void> {
  await post("/v1/exports/note", { what: plainName(name), format: "png", address: hereAddress() });
}

/**
 * Fetch a file that the server makes by itself, and offer it.
 *
 * @throws ApiError when the server refused or did not answer
 */
export async function exportAddress(address: string, fallback: string): Promise<void> {
  const response = await answered(address, () => fetch(address));
  download(nameOf(response) ?? fallback, await response.blob());
}

async function post(path: string, json: unknown): Promise<Response> {
  return answered(path, () =>
    fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...csrfHeaders() },
      body: JSON.stringify(json),
    }),
  );
}

async function answered(path: string, call: () => Promise<Response>): Promise<Response> {
  let response: Response;
  try {
    response = await call();
  } catch (cause) {
    throw new ApiError(0, "no_answer", String(cause));
  }
  if (response.ok) return response;
  notice(path, response.status);
  const problem: unknown = await response.json().catch(() => null);
  const known = problem && typeof problem === "object" ? (problem as Record<string, unknown>) : {};
  const detail = typeof known.detail === "string" ? known.detail : `${response.status} ${response.statusText}`;
  throw new ApiError(response.status, String(known.code ?? "unknown"), detail, known);
}

/** The file's name as the server gave it. */
export function nameOf(response: Response): string | null {
  const found = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("content-disposition") ?? "");
  return found?.[1] ? decodeURIComponent(found[1]) : null;
}
