import { describe, expect, it } from "vitest";
import { choose, type Graph, type Path } from "./graph";
import { layer } from "./layers";
import { isotonic, place } from "./layout";
import { readable } from "./paint";

function path(from: string, to: string, count: number, total = count): Path {
  const wait = { mean: 1, p50: 1, p95: 1, max: 1, total };
  return { from, to, fromTitle: from, toTitle: to, count, cases: count, wait };
}

function graph(names: string[], paths: Path[]): Graph {
  const steps = names.map((name, at) => ({ name, title: name, count: 100 - at, cases: 50, starts: 0, ends: 0 }));
  return { steps, paths };
}

const loan = graph(
  ["apply", "check", "ask", "receive", "decide", "pay"],
  [
    path("apply", "check", 100),
    path("check", "ask", 60),
    path("ask", "receive", 60),
    path("receive", "check", 55),
    path("check", "decide", 40),
    path("decide", "pay", 30),
    path("apply", "decide", 3),
    path("check", "check", 9),
  ],
);

describe("choose", () => {
  it("keeps the most frequent steps and the heaviest paths among them", () => {
    const shown = choose(loan, 0.5, 0.01, "count");
    expect(shown.steps.map((step) => step.name)).toEqual(["apply", "check", "ask"]);
    expect(shown.paths.map((one) => `${one.from}>${one.to}`)).toEqual(["apply>check", "check>ask"]);
  });

  it("ranks by the measure asked for", () => {
    const waits = graph(["a", "b"], [path("a", "b", 9, 1), path("b", "b", 1, 99)]);
    expect(choose(waits, 1, 0.5, "total").paths.map((one) => one.to)).toEqual(["b", "b"]);
    expect(choose(waits, 1, 0.5, "count").paths).toHaveLength(1);
  });

  it("shows everything when everything is asked for", () => {
    expect(choose(loan, 1, 1, "total")).toEqual(loan);
  });
});

describe("layer", () => {
  it("turns the lightest path of a circle round and threads long paths through the layers between", () => {
    const links = [
      { from: 0, to: 1, weight: 10 },
      { from: 1, to: 2, weight: 10 },
      { from: 2, to: 0, weight: 1 },
    ];
    const { layers, layerOf, routes } = layer(3, links);
    expect(layerOf.slice(0, 3)).toEqual([0, 1, 2]);
    expect(layers).toHaveLength(3);
    expect(routes[0]).toEqual([0, 1]);
    expect(routes[2]).toEqual([2, 3, 0]);
  });
});

describe("place", () => {
  for (const direction of ["down", "right"] as const) {
    it(`lays no step over another (${direction})`, () => {
      const { steps, width, height } = place(loan, direction);
      for (const a of steps) {
        expect(a.x - a.width / 2).toBeGreaterThanOrEqual(0);
        expect(a.x + a.width / 2).toBeLessThanOrEqual(width);
        expect(a.y + a.height / 2).toBeLessThanOrEqual(height);
        for (const b of steps) {
          if (a === b) continue;
          const apart =
            Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2;
          expect(apart, `${a.step.name} and ${b.step.name}`).toBe(true);
        }
      }
    });
  }

  it("always draws the same graph the same way", () => {
    expect(place(loan, "down")).toEqual(place(loan, "down"));
  });

  it("writes the figure of the heaviest path before any other", () => {
    const drawing = place(loan, "down");
    expect(readable(drawing, "count").has("apply\u0000check")).toBe(true);
  });
});

describe("isotonic", () => {
  it("gives the nearest non-decreasing sequence", () => {
    expect(isotonic([1, 3, 2, 4])).toEqual([1, 2.5, 2.5, 4]);
    expect(isotonic([3, 2, 1])).toEqual([2, 2, 2]);
  });
});
