/** Finds an entry in a published log: the code on a paper names it, the public tiles lead to the signed head. */
import { fromBase64, HASH_BYTES, Refusal, same } from "./bytes";
import type { Trusted } from "./check";
import { checkInclusion, leafHash, nodeHash } from "./merkle";
import { canCheck, checkLine, lineOf, parseNote } from "./note";
import { type Checkpoint, parseCheckpoint } from "./proof";

/** What the code on a certificate says: which log, which place, which entry. */
export interface Pointer {
  origin: string;
  index: number;
  entry: Uint8Array;
}

/** Fetches a path below the log's address; the only thing here that needs a network. */
export type Fetch = (path: string) => Promise<Uint8Array>;

const TILE = 256;
const LEVELS = 8;

/**
 * What stands after the # of the address, or null where nothing does.
 *
 * @throws Refusal `link_form` when it is incomplete
 */
export function pointerFrom(fragment: string): Pointer | null {
  const told = new URLSearchParams(fragment.replace(/^#/, ""));
  if (!told.has("entry") && !told.has("index")) return null;
  const origin = told.get("origin");
  const index = /^(?:0|[1-9][0-9]{0,14})$/.test(told.get("index") ?? "") ? Number(told.get("index")) : null;
  const written = (told.get("entry") ?? "").replace(/-/g, "+").replace(/_/g, "/");
  const entry = fromBase64(written.padEnd(Math.ceil(written.length / 4) * 4, "="));
  if (!origin || index === null || entry?.length !== HASH_BYTES) throw new Refusal("link_form");
  return { origin, index, entry };
}

/** The path of a tile (C2SP tlog-tiles): groups of three digits, a partial one with its width. */
export function tilePath(level: number, number: number, width: number): string {
  const digits = String(number);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  const name = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${name}${width < TILE ? `.p/${width}` : ""}`;
}

/** Reads hashes of whole subtrees out of tiles, each tile once. */
function reader(size: number, fetch: Fetch) {
  const tiles = new Map<string, Promise<Uint8Array>>();
  const hashAt = async (level: number, number: number): Promise<Uint8Array> => {
    const tile = Math.floor(number / TILE);
    const width = Math.min(TILE, Math.floor(size / TILE ** level) - tile * TILE);
    const path = tilePath(level, tile, width);
    const found = tiles.get(path) ?? fetch(path);
    tiles.set(path, found);
    const content = await found;
    if (content.length !== width * HASH_BYTES) throw new Refusal("log_broken");
    return content.slice((number % TILE) * HASH_BYTES, ((number % TILE) + 1) * HASH_BYTES);
  };
  /** The hash over `count` leaves from `first` on. */
  const over = async (first: number, count: number): Promise<Uint8Array> => {
    if (count > 1 && Number.isInteger(Math.log2(count))) {
      const level = Math.floor(Math.log2(count) / LEVELS);
      const each = TILE ** level;
      if (each === count) return hashAt(level, first / each);
    } else if (count === 1) return hashAt(0, first);
    const half = 2 ** Math.floor(Math.log2(count - 0.5));
    return nodeHash(await over(first, half), await over(first + half, count - half));
  };
  return over;
}

/** The audit path of an index (RFC 6962, section 2.1.1), read from tiles. */
export async function pathFromTiles(index: number, size: number, fetch: Fetch): Promise<Uint8Array[]> {
  const over = reader(size, fetch);
  const pathIn = async (first: number, count: number): Promise<Uint8Array[]> => {
    if (count === 1) return [];
    const half = 2 ** Math.floor(Math.log2(count - 0.5));
    const inLeft = index < first + half;
    const inner = inLeft ? await pathIn(first, half) : await pathIn(first + half, count - half);
    return [...inner, inLeft ? await over(first + half, count - half) : await over(first, half)];
  };
  return pathIn(0, size);
}

/**
 * Whether an entry stands in the published log; returns the signed head it stands under.
 *
 * @throws Refusal as for a receipt, `link_new` when the head does not reach that far yet
 */
export async function findEntry(
  { origin, index, entry }: Pointer,
  trusted: Trusted,
  fetch: Fetch,
): Promise<Checkpoint> {
  const own = trusted.logs.filter((key) => key.name === origin && canCheck(key));
  if (own.length === 0) throw new Refusal("log_unknown", { origin });
  const note = parseNote(await fetch("checkpoint"));
  const head = parseCheckpoint(note.text);
  if (head.origin !== origin) throw new Refusal("log_unknown", { origin });
  const signed = own.some((key) => {
    const line = lineOf(note, key);
    return line !== undefined && checkLine(note.text, line, key).ok;
  });
  if (!signed) throw new Refusal("key_unknown", { origin });
  if (index >= head.size) throw new Refusal("link_new", { number: index + 1, size: head.size });
  const proof = await pathFromTiles(index, head.size, fetch);
  try {
    checkInclusion({ leaf: leafHash(entry), index, size: head.size, proof, root: head.root });
  } catch (refused) {
    // The tiles may be wrong or the code; either way this entry is not under that head.
    throw refused instanceof Refusal ? new Refusal("link_absent", { number: index + 1 }) : refused;
  }
  return head;
}

/** Whether a receipt is of the very entry that a code names. */
export const isOf = (pointer: Pointer, index: number, entry: Uint8Array): boolean =>
  pointer.index === index && same(pointer.entry, entry);
