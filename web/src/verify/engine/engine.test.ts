// @vitest-environment node
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { base64Of, fromBase64, hashFrom, hexOf, same } from "./bytes";
import { checkInclusion, leafHash, nodeHash } from "./merkle";
import { checkLine, lineOf, parseNote, parseVkey } from "./note";
import { parseCheckpoint } from "./proof";

const vectors = resolve(process.env.TIEXIN_SHARED ?? "../../shared", "vectors");
const absent = !existsSync(vectors);
if (absent) describe.skip(`vectors: no folder ${vectors}; TIEXIN_SHARED names the folder that holds them`, () => {});

interface Case {
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  proof: string[] | null;
  desc: string;
  wantErr: boolean;
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : join(folder, entry.name),
  );
}

/** Bytes as the vectors write them, of whatever length. */
const bytes = (written: string | null) => fromBase64(written ?? "") ?? new Uint8Array();

describe.skipIf(absent)("proofs of inclusion", () => {
  it("are believed or refused as the vectors of transparency-dev say", () => {
    const cases = files(join(vectors, "merkle/testdata/inclusion"));
    expect(cases).toHaveLength(98);
    for (const file of cases) {
      const one = JSON.parse(readFileSync(file, "utf8")) as Case;
      const act = () =>
        checkInclusion({
          leaf: bytes(one.leafHash),
          index: one.leafIdx,
          size: one.treeSize,
          proof: (one.proof ?? []).map(bytes),
          root: bytes(one.root),
        });
      if (one.wantErr) expect(act, `${file}: ${one.desc}`).toThrow();
      else expect(act, `${file}: ${one.desc}`).not.toThrow();
    }
  });
});

const LOG_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
const LEAVES = "one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".split(" ");

function rootOf(hashes: Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (hashes.length === 1 && only) return only;
  let half = 1;
  while (half * 2 < hashes.length) half *= 2;
  return nodeHash(rootOf(hashes.slice(0, half)), rootOf(hashes.slice(half)));
}

describe.skipIf(absent)("checkpoints of a real log", () => {
  const key = parseVkey(LOG_KEY);
  const read = (size: number) => readFileSync(join(vectors, `tessera/testdata/log/checkpoint.${size}`));

  it("carry its signature, and the root of its leaves", () => {
    const leaves = LEAVES.map((leaf) => leafHash(new TextEncoder().encode(leaf)));
    for (let size = 0; size <= 15; size += 1) {
      const note = parseNote(read(size));
      const line = lineOf(note, key);
      expect(line && checkLine(note.text, line, key).ok, `size ${size}`).toBe(true);
      const checkpoint = parseCheckpoint(note.text);
      expect([checkpoint.origin, checkpoint.size]).toEqual([key.name, size]);
      if (size > 0) expect(hexOf(checkpoint.root)).toBe(hexOf(rootOf(leaves.slice(0, size))));
    }
  });

  it("lose it with any change of what was signed", () => {
    const note = parseNote(read(7));
    const line = lineOf(note, key);
    if (!line) throw new Error("the log signed no checkpoint");
    expect(checkLine(note.text.replace("\n7\n", "\n8\n"), line, key).ok).toBe(false);
    const bent = { ...line, signature: line.signature.map((byte, at) => (at === 10 ? byte ^ 1 : byte)) };
    expect(checkLine(note.text, bent, key).ok).toBe(false);
    expect(checkLine(note.text, { ...line, signature: line.signature.slice(1) }, key).ok).toBe(false);
  });
});

describe("keys", () => {
  // The example of the specification itself.
  const written = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
  const note =
    "This is an example message.\n\n\u2014 example.com/foo " +
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

  it("check the note of the specification", () => {
    const key = parseVkey(written);
    const parsed = parseNote(new TextEncoder().encode(note));
    const line = lineOf(parsed, key);
    expect(line && checkLine(parsed.text, line, key).ok).toBe(true);
  });

  it("are refused when their parts do not belong together", () => {
    for (const wrong of [
      "",
      "example.com/foo",
      written.replace("530d903a", "530d903b"),
      written.replace("example.com/foo", "example.com/fop"),
      written.replace("530d903a", "530D903A"),
      written.slice(0, -1),
      `${written} more`,
    ]) {
      expect(() => parseVkey(wrong), wrong).toThrow("key_form");
    }
  });

  it("leave notes with a broken form unread", () => {
    for (const wrong of [
      note.slice(0, -1),
      note.replace("\n\n", "\n"),
      note.replace("\u2014", "-"),
      note.replace("example.com/foo ", "example.com+foo "),
      note.replace("message", "mess\tage"),
      note.replace("Uw2Q", "Uw=Q"),
      "text\n\n",
    ]) {
      expect(() => parseNote(new TextEncoder().encode(wrong)), JSON.stringify(wrong)).toThrow("note_form");
    }
  });
});

describe("base64", () => {
  it("is read only as it would be written", () => {
    expect(fromBase64("AAE=")).toEqual(Uint8Array.of(0, 1));
    for (const wrong of ["AAE", "AAF=", "AA E=", "AAE=\n", "A-E=", "="]) expect(fromBase64(wrong), wrong).toBeNull();
    const hash = Uint8Array.from({ length: 32 }, (_, at) => at);
    expect(same(hashFrom(base64Of(hash)) ?? hash.slice(1), hash)).toBe(true);
    expect(hashFrom(base64Of(hash.slice(1)))).toBeNull();
  });
});
