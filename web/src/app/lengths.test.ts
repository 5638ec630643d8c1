import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const LINES_MAX = 70;

/** The functions of a source longer than the limit, counted from their first line to their last. */
function longFunctions(file: string, text: string, limit: number): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) {
      const first = source.getLineAndCharacterOfPosition(node.getStart()).line;
      const lines = source.getLineAndCharacterOfPosition(node.end).line - first + 1;
      if (lines > limit) found.push(`${file}:${first + 1} ${lines}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

// Biome's own count leaves out the lines between elements of a page, so a component may look shorter than it is.
it("no function of the console is longer than 70 lines, elements included", () => {
  const sources = readdirSync("src", { recursive: true, encoding: "utf-8" }).filter((name) => /\.tsx?$/.test(name));
  expect(sources).toContain(join("app", "App.tsx"));
  expect(sources.flatMap((name) => longFunctions(name, readFileSync(join("src", name), "utf-8"), LINES_MAX))).toEqual(
    [],
  );
});

it("the measure counts from the first line to the last, elements included", () => {
  const source = "function Page() {\n  return (\n    <main>\n      <h1>One</h1>\n    </main>\n  );\n}\n";
  expect(longFunctions("Page.tsx", source, 6)).toEqual(["Page.tsx:1 7"]);
  expect(longFunctions("Page.tsx", source, 7)).toEqual([]);
});
