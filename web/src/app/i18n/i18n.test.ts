import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resources } from ".";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === "string") found.set(here, value);
    else for (const [inner, text] of flat(value, here)) found.set(inner, text);
  }
  return found;
}

const zh = flat(resources["zh-CN"] as unknown as Tree);
const en = flat(resources.en as unknown as Tree);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.(test|d)\.tsx?$/.test(entry.name) ? [readFileSync(path, "utf8")] : [];
  });
}

describe("texts", () => {
  it("exist in both languages", () => {
    expect([...zh.keys()].sort()).toEqual([...en.keys()].sort());
    // Chinese sentences follow each other without a space.
    for (const [key, text] of [...zh, ...en]) if (!/\.between/.test(key)) expect(text, key).not.toBe("");
  });

  it("use the same values and marks in both languages", () => {
    const marks = (text: string) => [...text.matchAll(/\{\{\w+\}\}|<\/?\w+>/g)].map((m) => m[0]).sort();
    for (const [key, text] of zh) expect(marks(en.get(key) ?? ""), key).toEqual(marks(text));
  });

  it("hold every key that the pages ask for", () => {
    const parts = Object.keys(resources.en).join("|");
    const key = (mark: string) => `${mark}((?:${parts})\\.[^${mark}]+)${mark}`;
    const call = new RegExp(`(?:\\bt\\(\\s*|i18nKey=|\\btext: )(?:${key('"')}|${key("`")})`, "g");
    const asked = sources("src").flatMap((text) => [...text.matchAll(call)].map((m) => m[1] ?? m[2] ?? ""));
    expect(asked.length).toBeGreaterThan(80);
    const known = [...zh.keys()];
    for (const key of asked) {
      // A part filled in at run time stands for any name: at least one text must fit.
      const pattern = new RegExp(
        `^${key.replace(/[.]/g, "\\.").replace(/\$\{[^}]+\}/g, "[^.]+")}(\\..+|_one|_other)?$`,
      );
      expect(
        known.some((one) => pattern.test(one)),
        key,
      ).toBe(true);
    }
  });

  it("are Chinese in Chinese and English in English", () => {
    const neutral = /command$|\.key$|^shared\.(csv|comma)$|app\.name$/;
    // Numbers and what is filled in belong to no language; n is the statistician's sign in both.
    const speaks = (text: string) => /\p{L}/u.test(text.replace(/\{\{\w+\}\}|\bn\b/g, ""));
    for (const [key, text] of zh) {
      if (!neutral.test(key) && speaks(text)) expect(text, key).toMatch(/[\u4e00-\u9fff]/);
    }
    for (const [key, text] of en) if (!/^app\.(name)$/.test(key)) expect(text, key).not.toMatch(/[\u4e00-\u9fff]/);
  });
});
