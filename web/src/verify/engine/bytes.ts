/** Bytes and their written forms; whatever is not written exactly as its rule says is refused, never repaired. */
import { sha256 as digest } from "@noble/hashes/sha2.js";

/** Why a file is not what it says it is: a stable code and the facts a reader may want. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly facts: Readonly<Record<string, string | number>> = {},
  ) {
    super(code);
  }
}

export const HASH_BYTES = 32;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
// A byte order mark is a sign like any other here: what was signed is what stands in the file.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export const sha256 = (bytes: Uint8Array): Uint8Array => digest(bytes);
export const utf8Bytes = (text: string): Uint8Array => encoder.encode(text);

/** Text out of bytes, or null where they are no UTF-8. */
export function utf8Text(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

export function joined(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export function base64Of(bytes: Uint8Array): string {
  let signs = "";
  for (const byte of bytes) signs += String.fromCharCode(byte);
  return btoa(signs);
}

/** Bytes out of base64 (RFC 4648, section 4, padded, nothing left over), or null. */
export function fromBase64(text: string): Uint8Array | null {
  if (!BASE64.test(text)) return null;
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  return base64Of(bytes) === text ? bytes : null;
}

/** A hash out of one line of base64, or null where it is none. */
export function hashFrom(text: string): Uint8Array | null {
  const bytes = fromBase64(text);
  return bytes?.length === HASH_BYTES ? bytes : null;
}

/** A whole number as the formats write it: no sign, no leading zero, small enough to count with; else null. */
export function wholeFrom(text: string): number | null {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}
