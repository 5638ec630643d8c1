/** The whole check of one receipt, step by step; pure, so that nothing can leave the browser. */
import { Refusal, same } from "./bytes";
import { checkInclusion, leafHash } from "./merkle";
import { canCheck, checkLine, lineOf, type VerifierKey } from "./note";
import { entryOf, type Opening, type Proof, parseOpening, parseProof } from "./proof";

/** Whom the reader believes: keys of the log, keys of its witnesses, and how many of those must have signed. */
export interface Trusted {
  logs: readonly VerifierKey[];
  witnesses: readonly Witness[];
  needed: number;
}

export interface Witness {
  name: string;
  key: VerifierKey;
}

/** The steps, in the order in which they are taken. */
export const steps = ["file", "record", "place", "signature", "witnesses"] as const;
export type Step = (typeof steps)[number];
export type State = "good" | "bad" | "open";

export interface Seen {
  name: string;
  seconds: number;
}

export interface Verdict {
  ok: boolean;
  states: Record<Step, State>;
  /** What failed first: a code and its facts. */
  why: Refusal | null;
  proof: Proof | null;
  opening: Opening | null;
  /** Names of the log's keys that signed. */
  signedBy: string[];
  seen: Seen[];
  /** Names of witnesses whose kind of signature this page cannot check. */
  unchecked: string[];
}

/** Check a receipt: is this the record, does it stand in the log, did the log sign, who else saw it? */
export function checkReceipt(raw: Uint8Array, trusted: Trusted): Verdict {
  const verdict: Verdict = {
    ok: false,
    states: { file: "open", record: "open", place: "open", signature: "open", witnesses: "open" },
    why: null,
    proof: null,
    opening: null,
    signedBy: [],
    seen: [],
    unchecked: [],
  };
  const acts: Record<Step, () => void> = {
    file: () => {
      verdict.proof = parseProof(raw);
    },
    record: () => readRecord(verdict),
    place: () => findPlace(verdict),
    signature: () => findSignature(verdict, trusted),
    witnesses: () => findWitnesses(verdict, trusted),
  };
  for (const step of steps) {
    try {
      acts[step]();
      if (step !== "witnesses" || verdict.seen.length > 0) verdict.states[step] = "good";
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      verdict.states[step] = "bad";
      return { ...verdict, why: refused };
    }
  }
  return { ...verdict, ok: true };
}

function readRecord(verdict: Verdict): void {
  const opening = parseOpening(verdict.proof?.extra ?? null);
  const index = verdict.proof?.index ?? 0;
  // The record says itself where it stands; a receipt for one place must not carry the record of another.
  if (opening.event.position !== index + 1) throw new Refusal("record_place", { index });
  verdict.opening = opening;
}

function findPlace({ proof, opening }: Verdict): void {
  if (!proof || !opening) throw new Refusal("proof_form");
  const { index, path, checkpoint } = proof;
  const leaf = leafHash(entryOf(opening));
  checkInclusion({ leaf, index, size: checkpoint.size, proof: path, root: checkpoint.root });
}

function findSignature(verdict: Verdict, { logs }: Trusted): void {
  const { proof } = verdict;
  if (!proof) throw new Refusal("proof_form");
  const { origin } = proof.checkpoint;
  const own = logs.filter((key) => key.name === origin);
  if (own.length === 0) throw new Refusal("log_unknown", { origin });
  for (const key of own.filter(canCheck)) {
    const line = lineOf(proof.note, key);
    if (!line) continue;
    if (!checkLine(proof.note.text, line, key).ok) throw new Refusal("signature_wrong", { origin });
    verdict.signedBy.push(key.written);
  }
  if (verdict.signedBy.length === 0) throw new Refusal("key_unknown", { origin });
}

function findWitnesses(verdict: Verdict, { witnesses, needed }: Trusted): void {
  const { proof } = verdict;
  if (!proof) throw new Refusal("proof_form");
  const counted: Uint8Array[] = [];
  for (const { name, key } of witnesses) {
    const line = lineOf(proof.note, key);
    // One key under two names is one witness.
    if (!line || counted.some((known) => same(known, key.key))) continue;
    counted.push(key.key);
    if (!canCheck(key)) {
      verdict.unchecked.push(name);
      continue;
    }
    const { ok, seconds } = checkLine(proof.note.text, line, key);
    if (!ok) throw new Refusal("witness_wrong", { name });
    if (seconds !== undefined) verdict.seen.push({ name, seconds });
  }
  if (verdict.seen.length < needed) {
    throw new Refusal(verdict.seen.length + verdict.unchecked.length < needed ? "witness_few" : "witness_unchecked", {
      seen: verdict.seen.length,
      needed,
    });
  }
}

/** The earliest moment, in POSIX seconds, at which a witness had seen the log with this record in it; null without. */
export function seenBy({ seen }: Verdict): number | null {
  const moments = seen.map((one) => one.seconds).filter((seconds) => seconds > 0);
  return moments.length > 0 ? Math.min(...moments) : null;
}
