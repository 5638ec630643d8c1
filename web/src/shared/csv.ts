/** A table as CSV text (RFC 4180) with a byte-order mark, so that spreadsheet programs read Chinese rightly. */
export type Cell = string | number | null | undefined;

const LOOKS_LIKE_FORMULA = /^[=+\-@\t\r]/;

function quoted(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  // A spreadsheet would run a text such as "=HYPERLINK(…)"; a leading apostrophe keeps it a text.
  const safe = LOOKS_LIKE_FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function toCsv(header: string[], rows: Cell[][]): string {
  return `\uFEFF${[header, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n")}\r\n`;
}

/** Offer a file to the reader; nothing leaves the browser. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function downloadCsv(name: string, header: string[], rows: Cell[][]): void {
  download(`${name}.csv`, new Blob([toCsv(header, rows)], { type: "text/csv;charset=utf-8" }));
}
