/** Finds receipts in whatever file somebody has: a receipt itself, a certificate (PDF), an evidence bundle (ZIP). */
import { type Listing, listingOf } from "./bundle";
import { Refusal, same, utf8Bytes } from "./bytes";
import { MAGIC } from "./proof";
import { entriesOf, isZip, unpacked } from "./zip";

export interface Found {
  /** The name inside a bundle; null where the file holds a single receipt. */
  name: string | null;
  raw: Uint8Array;
}

export type Sort = "receipt" | "certificate" | "bundle";

export interface Opened {
  sort: Sort;
  found: Found[];
  /** How the files of a bundle fit its list. */
  listing: Listing | null;
}

/** Files above this are no receipt of ours, and opening them would only make the page stand still. */
export const LARGEST_BYTES = 96 * 1024 * 1024;
const MOST_RECEIPTS = 2000;
const PDF = utf8Bytes("%PDF-");
const STREAM = utf8Bytes("stream");
const END = utf8Bytes("endstream");
const MARK = utf8Bytes(MAGIC);
/** A receipt is shorter than this, also with many witnesses. */
const LONGEST_RECEIPT = 1024 * 1024;

/** @throws Refusal `file_large`, `file_unknown`, `file_without` (a known sort of file without a receipt), `zip_form` */
export async function receiptsIn(file: Uint8Array): Promise<Opened> {
  if (file.length > LARGEST_BYTES) throw new Refusal("file_large", { mebibytes: LARGEST_BYTES / 1024 / 1024 });
  if (startsWith(file, MARK)) return { sort: "receipt", found: [{ name: null, raw: file }], listing: null };
  if (indexOf(file.subarray(0, 1024), PDF) >= 0) {
    const plain = textsBetween(file);
    return withSome("certificate", plain.length > 0 ? plain : await packedIn(file));
  }
  if (isZip(file)) return { ...withSome("bundle", await bundled(file)), listing: await listingOf(entriesOf(file)) };
  throw new Refusal("file_unknown");
}

function withSome(sort: Sort, found: Found[]): Opened {
  if (found.length === 0) throw new Refusal("file_without");
  if (found.length > MOST_RECEIPTS) throw new Refusal("file_many", { most: MOST_RECEIPTS });
  return { sort, found, listing: null };
}

/** The receipts that stand uncompressed in a PDF, each once. */
function textsBetween(file: Uint8Array): Found[] {
  const found: Found[] = [];
  let at = indexOf(file, MARK);
  while (at >= 0) {
    const end = indexOf(file, END, at);
    const raw = trimmed(file.subarray(at, end < 0 ? Math.min(file.length, at + LONGEST_RECEIPT) : end));
    if (!found.some((known) => same(known.raw, raw))) found.push({ name: null, raw });
    at = indexOf(file, MARK, at + MARK.length);
  }
  return found;
}

/** What a stream of a PDF holds ends before the line end that precedes its keyword; a receipt ends with one line end. */
function trimmed(raw: Uint8Array): Uint8Array {
  let end = raw.length;
  while (end > 0 && (raw[end - 1] === 0x0a || raw[end - 1] === 0x0d)) end -= 1;
  const whole = new Uint8Array(end + 1);
  whole.set(raw.subarray(0, end));
  whole[end] = 0x0a;
  return whole;
}

/** The same in a PDF that some program packed again. */
async function packedIn(file: Uint8Array): Promise<Found[]> {
  let at = indexOf(file, STREAM);
  while (at >= 0) {
    const from = at + STREAM.length + (file[at + STREAM.length] === 0x0d ? 2 : 1);
    const end = indexOf(file, END, from);
    if (end < 0) return [];
    const content = await unpacked(file.subarray(from, end), "deflate", LONGEST_RECEIPT).catch(() => null);
    if (content && startsWith(content, MARK)) return [{ name: null, raw: content }];
    at = indexOf(file, STREAM, end + END.length);
  }
  return [];
}

async function bundled(file: Uint8Array): Promise<Found[]> {
  const found: Found[] = [];
  for (const entry of entriesOf(file)) {
    if (entry.name.endsWith(".tlog-proof")) found.push({ name: entry.name, raw: await entry.read(LONGEST_RECEIPT) });
  }
  return found;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return same(bytes.subarray(0, start.length), start);
}

function indexOf(bytes: Uint8Array, sought: Uint8Array, from = 0): number {
  const first = sought[0] ?? 0;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (startsWith(bytes.subarray(at), sought)) return at;
  }
  return -1;
}
