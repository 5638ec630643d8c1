/** A small log made up for tests: real keys, real hashes, real signatures. Never part of the built console. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { base64Of, hexOf, joined, sha256, utf8Bytes } from "./bytes";
import { leafHash, nodeHash } from "./merkle";
import { COSIGNATURE, ED25519, parseVkey, type VerifierKey } from "./note";
import { entryOf, MAGIC } from "./proof";

export interface Signer {
  name: string;
  kind: number;
  secret: Uint8Array;
  key: VerifierKey;
}

export function signerOf(name: string, kind = ED25519, seed = 1): Signer {
  const secret = new Uint8Array(32).fill(seed);
  const material = joined(Uint8Array.of(kind), ed25519.getPublicKey(secret));
  const id = sha256(joined(utf8Bytes(`${name}\n`), material)).slice(0, 4);
  return { name, kind, secret, key: parseVkey(`${name}+${hexOf(id)}+${base64Of(material)}`) };
}

function lineBy({ name, kind, secret, key }: Signer, text: string, seconds: number): string {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(seconds));
  const signature =
    kind === COSIGNATURE
      ? joined(time, ed25519.sign(utf8Bytes(`cosignature/v1\ntime ${seconds}\n${text}`), secret))
      : ed25519.sign(utf8Bytes(text), secret);
  return `\u2014 ${name} ${base64Of(joined(key.keyId, signature))}\n`;
}

/** A signed note over a text. */
export const noteOf = (text: string, signers: Signer[], seconds = 1_764_000_000): string =>
  `${text}\n${signers.map((signer) => lineBy(signer, text, seconds)).join("")}`;

function pathOf(index: number, hashes: Uint8Array[]): { root: Uint8Array; path: Uint8Array[] } {
  const [only] = hashes;
  if (hashes.length === 1 && only) return { root: only, path: [] };
  let half = 1;
  while (half * 2 < hashes.length) half *= 2;
  const [left, right] = [hashes.slice(0, half), hashes.slice(half)];
  const inner = index < half ? pathOf(index, left) : pathOf(index - half, right);
  const other = index < half ? pathOf(0, right).root : pathOf(0, left).root;
  return {
    root: index < half ? nodeHash(inner.root, other) : nodeHash(other, inner.root),
    path: [...inner.path, other],
  };
}

interface Sample {
  index?: number;
  size?: number;
  signers: Signer[];
  seconds?: number;
  origin?: string;
  event?: Record<string, unknown>;
}

/** A receipt as an installation makes it. */
export function receiptOf({ index = 4, size = 11, signers, seconds = 1_764_000_000, origin, event }: Sample): string {
  const openings = Array.from({ length: size }, (_, at) => ({
    salt: new Uint8Array(32).fill(at),
    canonical: JSON.stringify({ case: "C-7", position: at + 1, time_us: 1, type: "complaint.received.v1", ...event }),
    event: {},
  }));
  const { root, path } = pathOf(
    index,
    openings.map((one) => leafHash(entryOf(one))),
  );
  const text = `${origin ?? signers[0]?.name}\n${size}\n${base64Of(root)}\n`;
  const { salt, canonical } = openings[index] ?? { salt: new Uint8Array(32), canonical: "{}" };
  const extra = JSON.stringify({ format: "tiexin.event/v1", salt: base64Of(salt), canonical });
  const hashes = path.map((hash) => `${base64Of(hash)}\n`).join("");
  return `${MAGIC}extra ${base64Of(utf8Bytes(extra))}\nindex ${index}\n${hashes}\n${noteOf(text, signers, seconds)}`;
}
