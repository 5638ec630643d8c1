import { describe, expect, it } from "vitest";
import { furthest } from "./TargetsAnswer";
import { covered, niceAxis, unbroken } from "./trend";
import type { GroupedFigures, QualityFigures } from "./types";

describe("a trend", () => {
  it("leaves out periods that the record hardly covers", () => {
    const group = (since_us: number, until_us: number) => ({ since_us, until_us });
    const trend = {
      scope: { first_us: 95, last_us: 300 },
      groups: [group(0, 100), group(100, 200), group(200, 300), group(300, 400)],
    } as unknown as GroupedFigures;
    expect(covered(trend).map((one) => one.since_us)).toEqual([100, 200]);
  });

  it("breaks its line where a period is missing", () => {
    expect(unbroken([{ at: 0 }, { at: 1 }, { at: 3 }])).toEqual([[{ at: 0 }, { at: 1 }], [{ at: 3 }]]);
  });

  it("starts amounts at zero and cuts shares to what varies", () => {
    expect(niceAxis([30, 42], "seconds")).toEqual([0, 60, [0, 20, 40, 60]]);
    const [low, high] = niceAxis([0.91, 0.93], "share");
    expect(low).toBeGreaterThan(0.8);
    expect(high - low).toBeGreaterThanOrEqual(0.1);
    expect(high).toBeLessThanOrEqual(1);
  });
});

describe("the answer about targets", () => {
  it("names the missed target that is furthest off against its own size", () => {
    const figure = (id: string, value: number) => ({ id, value });
    const quality = {
      figures: { a: figure("a", 0.7), b: figure("b", 90), c: figure("c", 0.1) },
      targets: {
        a: { target: 0.8, verdict: "missed" },
        b: { target: 60, verdict: "missed" },
        c: { target: 0.9, verdict: "open" },
      },
    } as unknown as QualityFigures;
    expect(furthest(quality)).toMatchObject({ value: 90, target: 60 });
    expect(furthest({ ...quality, targets: {} })).toBeUndefined();
  });
});
