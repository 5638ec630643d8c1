/** As much of ZIP as an evidence bundle needs: its table of contents, and files stored plainly or deflated. */
import { Refusal, same, utf8Text } from "./bytes";

export interface Entry {
  name: string;
  size: number;
  /** @throws Refusal `zip_form` when it cannot be read or is larger than said */
  read: (most: number) => Promise<Uint8Array>;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
/** What may follow a file: its checksum and sizes once more. */
const LONGEST_DESCRIPTOR = 24;
const STORED = 0;
const DEFLATED = 8;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export function isZip(file: Uint8Array): boolean {
  return file.length >= END_BYTES && [LOCAL, END].includes(viewOf(file).getUint32(0, true));
}

/**
 * The files of an archive that every program reads alike: nothing may stand before, between or after its files and its
 * table of contents. Programs find files in different ways, so another archive could show this page what nobody unpacks.
 *
 * @throws Refusal `zip_form` for any other
 */
export function entriesOf(file: Uint8Array): Entry[] {
  const view = viewOf(file);
  try {
    const end = view.byteLength - END_BYTES;
    if (end < 0 || view.getUint32(end, true) !== END || view.getUint16(end + 20, true) > 0)
      throw new Refusal("zip_form");
    const count = view.getUint16(end + 10, true);
    const entries: Entry[] = [];
    const places: Place[] = [];
    const table = view.getUint32(end + 16, true);
    let at = table;
    for (let number = 0; number < count; number += 1) {
      if (view.getUint32(at, true) !== CENTRAL) throw new Refusal("zip_form");
      places.push(placeOf(file, view, at));
      const nameBytes = view.getUint16(at + 28, true);
      const name = utf8Text(file.subarray(at + 46, at + 46 + nameBytes)) ?? "";
      entries.push(entryAt(file, view, at, name));
      at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    }
    if (at !== end || table + view.getUint32(end + 12, true) !== end) throw new Refusal("zip_form");
    demandGapless(places, table);
    return entries;
  } catch (broken) {
    if (broken instanceof RangeError) throw new Refusal("zip_form");
    throw broken;
  }
}

interface Place {
  from: number;
  to: number;
}

/** Where a file lies in the archive, with its own head; the name there must be the one in the table. */
function placeOf(file: Uint8Array, view: DataView, at: number): Place {
  const from = view.getUint32(at + 42, true);
  if (view.getUint32(from, true) !== LOCAL) throw new Refusal("zip_form");
  const nameBytes = view.getUint16(from + 26, true);
  const listed = file.subarray(at + 46, at + 46 + view.getUint16(at + 28, true));
  if (!same(file.subarray(from + 30, from + 30 + nameBytes), listed)) throw new Refusal("zip_form");
  return { from, to: from + 30 + nameBytes + view.getUint16(from + 28, true) + view.getUint32(at + 20, true) };
}

function demandGapless(places: Place[], table: number): void {
  let end = 0;
  for (const { from, to } of [...places.sort((one, other) => one.from - other.from), { from: table, to: table }]) {
    const gap = from - end;
    if (gap < 0 || gap > (end > 0 ? LONGEST_DESCRIPTOR : 0)) throw new Refusal("zip_form");
    end = to;
  }
}

function entryAt(file: Uint8Array, view: DataView, at: number, name: string): Entry {
  const method = view.getUint16(at + 10, true);
  const packed = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const local = view.getUint32(at + 42, true);
  const read = async (most: number) => {
    if (size > most || local + 30 > file.length || view.getUint32(local, true) !== LOCAL) throw new Refusal("zip_form");
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const content = file.subarray(from, from + packed);
    if (content.length !== packed) throw new Refusal("zip_form");
    const whole =
      method === STORED
        ? content
        : method === DEFLATED
          ? await unpacked(content, "deflate-raw", most).catch(() => null)
          : null;
    if (whole?.length !== size) throw new Refusal("zip_form");
    return whole;
  };
  return { name, size, read };
}

/** Unpack with the browser's own means; gives up beyond `most` bytes, whatever the file promises. */
export async function unpacked(
  bytes: Uint8Array,
  format: "deflate" | "deflate-raw",
  most: number,
): Promise<Uint8Array> {
  const source = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream(format));
  const reader = source.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw new Refusal("zip_form");
    }
    parts.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
