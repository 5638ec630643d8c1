// @vitest-environment node
import { describe, expect, it } from "vitest";
import { base64Of, joined, Refusal, sha256, utf8Bytes } from "./bytes";
import { leafHash, nodeHash, rootFrom } from "./merkle";
import { noteOf, signerOf } from "./sample";
import { findEntry, type Pointer, pathFromTiles, pointerFrom, tilePath } from "./tiles";

const log = signerOf("bank.example/log");
const trusted = { logs: [log.key], witnesses: [], needed: 0 };
const entryAt = (at: number) => sha256(utf8Bytes(`entry ${at}`));

function rootOf(hashes: Uint8Array[]): Uint8Array {
  if (hashes.length === 1) return hashes[0] ?? new Uint8Array();
  const half = 2 ** Math.floor(Math.log2(hashes.length - 0.5));
  return nodeHash(rootOf(hashes.slice(0, half)), rootOf(hashes.slice(half)));
}

/** A log of a size as files: its tiles and its signed head. */
function published(size: number) {
  const leaves = Array.from({ length: size }, (_, at) => leafHash(entryAt(at)));
  const files = new Map<string, Uint8Array>();
  let hashes = leaves;
  for (let level = 0; hashes.length > 0; level += 1) {
    for (let tile = 0; tile * 256 < hashes.length; tile += 1) {
      const part = hashes.slice(tile * 256, tile * 256 + 256);
      files.set(tilePath(level, tile, part.length), joined(...part));
    }
    hashes = Array.from({ length: Math.floor(hashes.length / 256) }, (_, at) =>
      rootOf(hashes.slice(at * 256, at * 256 + 256)),
    );
  }
  const root = rootOf(leaves);
  files.set("checkpoint", utf8Bytes(noteOf(`${log.name}\n${size}\n${base64Of(root)}\n`, [log])));
  const asked: string[] = [];
  const fetch = async (path: string) => {
    asked.push(path);
    const found = files.get(path);
    if (!found) throw new Refusal("log_broken");
    return found;
  };
  return { files, fetch, asked, root };
}

const pointer = (index: number): Pointer => ({ origin: log.name, index, entry: entryAt(index) });

describe("an entry that a code names", () => {
  it("is found in trees of many sizes, from few tiles", async () => {
    for (const size of [1, 2, 3, 5, 255, 256, 257, 300, 511, 512, 513, 1000, 70_000]) {
      const { fetch, asked, root } = published(size);
      for (const index of new Set([0, 1, Math.floor(size / 2), size - 1])) {
        if (index >= size) continue;
        const proof = await pathFromTiles(index, size, fetch);
        expect(rootFrom({ leaf: leafHash(entryAt(index)), index, size, proof }), `${index} of ${size}`).toEqual(root);
        expect((await findEntry(pointer(index), trusted, fetch)).size).toBe(size);
      }
      expect(new Set(asked).size).toBeLessThan(12);
    }
  });

  it("is not found elsewhere, beyond the head, in another log, or under a head nobody signed", async () => {
    const { fetch, files } = published(300);
    const refused = async (one: Pointer, whom = trusted) =>
      findEntry(one, whom, fetch).then(
        () => null,
        (error: Refusal) => error.code,
      );
    expect(await refused({ ...pointer(7), index: 8 })).toBe("link_absent");
    expect(await refused({ ...pointer(7), entry: new Uint8Array(32) })).toBe("link_absent");
    expect(await refused(pointer(300))).toBe("link_new");
    expect(await refused({ ...pointer(7), origin: "other.example" })).toBe("log_unknown");
    const other = { ...trusted, logs: [signerOf(log.name, undefined, 8).key] };
    expect(await refused(pointer(7), other)).toBe("key_unknown");
    files.set("tile/0/000", (files.get("tile/0/000") ?? new Uint8Array()).slice(1));
    expect(await refused(pointer(7))).toBe("log_broken");
  });

  it("is read from the address as certificates write it", () => {
    const entry = Uint8Array.from({ length: 32 }, () => 255);
    const written = base64Of(entry).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
    const told = `#origin=bank.example%2Flog&index=118820&entry=${written}`;
    expect(pointerFrom(told)).toEqual({ origin: "bank.example/log", index: 118_820, entry });
    expect(pointerFrom("")).toBeNull();
    expect(pointerFrom("#content")).toBeNull();
    for (const wrong of [told.replace("118820", "-1"), told.slice(0, -2), told.replace("origin", "from")]) {
      expect(() => pointerFrom(wrong), wrong).toThrow("link_form");
    }
  });

  it("stands in tiles named as the specification names them", () => {
    expect(tilePath(0, 1_234_067, 256)).toBe("tile/0/x001/x234/067");
    expect(tilePath(2, 0, 17)).toBe("tile/2/000.p/17");
  });
});
