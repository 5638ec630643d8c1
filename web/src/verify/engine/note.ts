/** Signed notes and the keys that check them (C2SP signed-note, tlog-cosignature). */
import { ed25519 } from "@noble/curves/ed25519.js";
import { fromBase64, hexOf, joined, Refusal, same, sha256, utf8Bytes, utf8Text } from "./bytes";

export interface SignatureLine {
  name: string;
  keyId: Uint8Array;
  signature: Uint8Array;
}

export interface Note {
  /** What was signed, with its last line end. */
  text: string;
  signatures: SignatureLine[];
}

export interface VerifierKey {
  written: string;
  name: string;
  keyId: Uint8Array;
  kind: number;
  key: Uint8Array;
}

/** The kinds of signature lines this page can check itself. */
export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;

const MARK = "\u2014 ";
/** No space of Unicode's, which is not quite what \s stands for, no plus sign, and of a length that others take too. */
const NAME = /^[^\p{White_Space}+]{1,255}$/u;
const MOST_SIGNATURES = 100;
const KEY_ID_BYTES = 4;
const ED25519_KEY_BYTES = 32;
const TIME_BYTES = 8;
const LATEST_SECONDS = BigInt(Number.MAX_SAFE_INTEGER);

function noControls(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x0a) return false;
  }
  return true;
}

/** @throws Refusal `note_form` for bytes that are no signed note */
export function parseNote(raw: Uint8Array): Note {
  const whole = utf8Text(raw);
  if (whole === null || !noControls(whole)) throw new Refusal("note_form");
  const split = whole.lastIndexOf("\n\n");
  if (split < 0 || !whole.endsWith("\n")) throw new Refusal("note_form");
  const lines = whole.slice(split + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES) throw new Refusal("note_form");
  return { text: whole.slice(0, split + 1), signatures: lines.map(parseLine) };
}

function parseLine(line: string): SignatureLine {
  const [name, signed, ...more] = line.startsWith(MARK) ? line.slice(MARK.length).split(" ") : [];
  const bytes = signed ? fromBase64(signed) : null;
  if (!name || !NAME.test(name) || more.length > 0 || !bytes || bytes.length <= KEY_ID_BYTES) {
    throw new Refusal("note_form");
  }
  return { name, keyId: bytes.slice(0, KEY_ID_BYTES), signature: bytes.slice(KEY_ID_BYTES) };
}

/**
 * A verifier key in its written form, `name+hash+key`.
 *
 * @throws Refusal `key_form` when it is none, or when its parts do not belong together
 */
export function parseVkey(written: string): VerifierKey {
  const [, name = "", id = "", material = ""] =
    /^([^\p{White_Space}+]{1,255})\+([0-9a-f]{8})\+(\S+)$/u.exec(written.trim()) ?? [];
  const bytes = fromBase64(material);
  const kind = bytes?.[0];
  if (!name || !bytes || kind === undefined) throw new Refusal("key_form");
  const key = bytes.slice(1);
  const keyId = sha256(joined(utf8Bytes(`${name}\n`), bytes)).slice(0, KEY_ID_BYTES);
  if (hexOf(keyId) !== id) throw new Refusal("key_form");
  if ((kind === ED25519 || kind === COSIGNATURE) && key.length !== ED25519_KEY_BYTES) throw new Refusal("key_form");
  return { written: written.trim(), name, keyId, kind, key };
}

/** Whether this page knows how to check what such a key signs. */
export const canCheck = (key: VerifierKey): boolean => key.kind === ED25519 || key.kind === COSIGNATURE;

/** The line of a key. Of several none is preferred: one that does not hold speaks against the note. */
export function lineOf(note: Note, key: VerifierKey): SignatureLine | undefined {
  const lines = note.signatures.filter((line) => line.name === key.name && same(line.keyId, key.keyId));
  return lines.find((line) => canCheck(key) && !checkLine(note.text, line, key).ok) ?? lines[0];
}

/** Whether the key signed this text; for a cosignature also when it says so, in POSIX seconds. */
export function checkLine(text: string, line: SignatureLine, key: VerifierKey): { ok: boolean; seconds?: number } {
  if (key.kind === ED25519) return { ok: signed(line.signature, utf8Bytes(text), key.key) };
  if (key.kind !== COSIGNATURE || line.signature.length <= TIME_BYTES) return { ok: false };
  const bytes = line.signature;
  const seconds = new DataView(bytes.buffer, bytes.byteOffset, TIME_BYTES).getBigUint64(0);
  if (seconds > LATEST_SECONDS) return { ok: false };
  const told = utf8Bytes(`cosignature/v1\ntime ${seconds}\n${text}`);
  return { ok: signed(bytes.slice(TIME_BYTES), told, key.key), seconds: Number(seconds) };
}

function signed(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  try {
    // As RFC 8032 has it, not the looser rule of ZIP 215.
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}
