/** The tree of RFC 6962, section 2.1: how one entry leads to the root. */
import { HASH_BYTES, joined, Refusal, same, sha256 } from "./bytes";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (entry: Uint8Array): Uint8Array => sha256(joined(LEAF, entry));
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(joined(NODE, left, right));

interface Inclusion {
  leaf: Uint8Array;
  index: number;
  size: number;
  proof: readonly Uint8Array[];
}

/**
 * The root that a leaf and its audit path lead to (RFC 9162, section 2.1.3.2).
 *
 * @throws Refusal `proof_place` when the index is not in the tree, `proof_length` when the path is not of its length
 */
export function rootFrom({ leaf, index, size, proof }: Inclusion): Uint8Array {
  const whole = Number.isSafeInteger(index) && Number.isSafeInteger(size);
  if (!whole || index < 0 || index >= size) throw new Refusal("proof_place", { index, size });
  if ([leaf, ...proof].some((hash) => hash.length !== HASH_BYTES)) throw new Refusal("proof_length");
  // Division instead of shifts: sizes go beyond 32 bits.
  let at = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) throw new Refusal("proof_length");
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) throw new Refusal("proof_length");
  return hash;
}

/** @throws Refusal when the entry does not lead to the root */
export function checkInclusion(inclusion: Inclusion & { root: Uint8Array }): void {
  if (!same(rootFrom(inclusion), inclusion.root)) throw new Refusal("proof_root");
}
