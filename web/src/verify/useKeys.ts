import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, ask } from "../api/client";
import { Refusal } from "./engine/bytes";
import type { Trusted, Witness } from "./engine/check";
import { COSIGNATURE, ED25519, parseVkey, type VerifierKey } from "./engine/note";

/** The keys as the website publishes them. */
interface Published {
  origin: string;
  vkeys: string[];
  witnesses: { name: string; vkey: string }[];
  needed: number;
}

export interface Keys {
  trusted: Trusted;
  /** Where they come from. */
  from: "page" | "own" | "none" | "unread" | "loading";
  /** The website publishes other keys than this device saw before. */
  changed: boolean;
  paste: (text: string) => void;
  drop: () => void;
}

const SEEN = "tiexin.verify.keys";
const NOBODY: Trusted = { logs: [], witnesses: [], needed: 0 };
/** The kind byte of ML-DSA-44 cosignatures, which browsers cannot check yet. */
const ML_DSA = 0x06;

/** Keys that cannot be read are left out: nothing is believed because of them. */
function readable(written: string): VerifierKey[] {
  try {
    return [parseVkey(written)];
  } catch {
    return [];
  }
}

function trustedBy(published: Published): Trusted {
  return {
    logs: published.vkeys.flatMap(readable).filter((key) => key.kind === ED25519),
    witnesses: published.witnesses.flatMap(({ name, vkey }) => readable(vkey).map((key): Witness => ({ name, key }))),
    needed: published.needed,
  };
}

/**
 * Keys as somebody pastes them, one a line; the kind in a key says whose it is.
 *
 * @throws Refusal `key_line` with the first line that is no key, `key_no_log` when none is of a log
 */
export function pasted(text: string): Trusted {
  const logs: VerifierKey[] = [];
  const witnesses: Witness[] = [];
  text.split("\n").forEach((line, at) => {
    // A line of a policy file begins with a word and perhaps a name; the key is the part with two plus signs.
    const written = line.split(/\s+/).find((part) => part.includes("+")) ?? line.trim();
    if (!written) return;
    const [key] = readable(written);
    if (!key) throw new Refusal("key_line", { line: at + 1 });
    if (key.kind === COSIGNATURE || key.kind === ML_DSA) witnesses.push({ name: key.name, key });
    else logs.push(key);
  });
  if (logs.length === 0) throw new Refusal("key_no_log");
  return { logs, witnesses, needed: witnesses.length };
}

/** Whether other keys stood here last time; remembers the present ones the first time. */
function otherThanBefore(published: Published): boolean {
  const now = JSON.stringify([published.origin, published.vkeys]);
  const before = localStorage.getItem(SEEN);
  if (before === null && published.vkeys.length > 0) localStorage.setItem(SEEN, now);
  if (before === null) return false;
  const [origin, vkeys] = JSON.parse(before) as [string, string[]];
  // A key that joins the known ones is a rotation that the old key signed; only one that vanished is news.
  return origin !== published.origin || !vkeys.every((key) => published.vkeys.includes(key));
}

/** The keys to check with: those of the website, asked for once when the page opens, or those somebody pasted. */
export function useKeys(): Keys {
  const [own, setOwn] = useState<Trusted | null>(null);
  const asked = useQuery({
    queryKey: ["verify", "keys"],
    queryFn: async ({ signal }) => {
      try {
        const published = await ask<Published>("/log/keys", { signal });
        return { published, changed: otherThanBefore(published) };
      } catch (error) {
        // No log yet: an answer, not a failure.
        if (error instanceof ApiError && (error.status === 404 || error.status === 409)) return null;
        throw error;
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const paste = (text: string) => setOwn(pasted(text));
  const drop = () => setOwn(null);
  if (own) return { trusted: own, from: "own", changed: false, paste, drop };
  if (asked.isError) return { trusted: NOBODY, from: "unread", changed: false, paste, drop };
  if (asked.data === undefined) return { trusted: NOBODY, from: "loading", changed: false, paste, drop };
  if (!asked.data?.published.vkeys?.length) return { trusted: NOBODY, from: "none", changed: false, paste, drop };
  return { trusted: trustedBy(asked.data.published), from: "page", changed: asked.data.changed, paste, drop };
}
