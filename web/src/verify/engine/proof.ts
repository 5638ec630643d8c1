/** Checkpoints, proofs in one file, and the record that a proof lays open (C2SP tlog-checkpoint, tlog-proof). */
import { fromBase64, HASH_BYTES, hashFrom, joined, Refusal, sha256, utf8Bytes, utf8Text, wholeFrom } from "./bytes";
import { type Note, parseNote } from "./note";

export interface Checkpoint {
  origin: string;
  size: number;
  root: Uint8Array;
}

export interface Proof {
  index: number;
  path: Uint8Array[];
  note: Note;
  checkpoint: Checkpoint;
  extra: Uint8Array | null;
}

/** What was recorded, and the random bytes mixed into its hash so that nobody can guess it from the log. */
export interface Opening {
  salt: Uint8Array;
  canonical: string;
  event: Record<string, unknown>;
}

export const MAGIC = "c2sp.org/tlog-proof@v1\n";
const OPENING = "tiexin.event/v1";
/** A tree that has more levels than this cannot be. */
const LONGEST_PATH = 63;

/** @throws Refusal `checkpoint_form` */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, written = "", hash = "", ...extensions] = text.slice(0, -1).split("\n");
  const size = wholeFrom(written);
  const root = hashFrom(hash);
  if (!origin || size === null || !root || extensions.includes("") || !text.endsWith("\n")) {
    throw new Refusal("checkpoint_form");
  }
  return { origin, size, root };
}

/** @throws Refusal `proof_form`, `note_form` or `checkpoint_form` */
export function parseProof(raw: Uint8Array): Proof {
  const text = utf8Text(raw);
  if (!text?.startsWith(MAGIC)) throw new Refusal("proof_form");
  const split = text.indexOf("\n\n");
  if (split < 0) throw new Refusal("proof_form");
  const lines = text.slice(MAGIC.length, split).split("\n");
  const extra = lines[0]?.startsWith("extra ") ? fromBase64((lines.shift() ?? "").slice("extra ".length)) : undefined;
  const first = lines.shift() ?? "";
  const index = first.startsWith("index ") ? wholeFrom(first.slice("index ".length)) : null;
  const path = lines.map(hashFrom);
  if (extra === null || index === null || path.length > LONGEST_PATH) throw new Refusal("proof_form");
  if (!path.every((hash) => hash !== null)) throw new Refusal("proof_form");
  const note = parseNote(utf8Bytes(text.slice(split + 2)));
  return { index, path, note, checkpoint: parseCheckpoint(note.text), extra: extra ?? null };
}

/**
 * The record that stands in the proof's own file. Nothing of it is believed until its hash has led to the signed root.
 *
 * @throws Refusal `no_opening` when there is none, `opening_form` when it cannot be read
 */
export function parseOpening(extra: Uint8Array | null): Opening {
  if (!extra) throw new Refusal("no_opening");
  const told = objectFrom(utf8Text(extra));
  if (told?.format !== OPENING) throw new Refusal(told && "format" in told ? "opening_unknown" : "opening_form");
  const salt = typeof told.salt === "string" ? fromBase64(told.salt) : null;
  const event = typeof told.canonical === "string" ? objectFrom(told.canonical) : null;
  if (salt?.length !== HASH_BYTES || !event) throw new Refusal("opening_form");
  return { salt, canonical: String(told.canonical), event };
}

/** The entry of the log: a salted hash of the record, byte for byte as it was written down. */
export const entryOf = ({ salt, canonical }: Opening): Uint8Array => sha256(joined(salt, utf8Bytes(canonical)));

function objectFrom(text: string | null): Record<string, unknown> | null {
  if (text === null) return null;
  try {
    const found: unknown = JSON.parse(text);
    return found && typeof found === "object" && !Array.isArray(found) ? (found as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
