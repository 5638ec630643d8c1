import { describe, expect, it } from "vitest";
import { fractionWord } from "../journeys/words";
import { makeFormat } from "../shared/format";
import { spanOf } from "../shared/period";
import { stepOf } from "./api";
import { axisOf, roundUp, valueText } from "./figures";
import type { Figure } from "./types";

const figure = (change: Partial<Figure>): Figure => ({
  id: "x",
  value: 0.5,
  n: 100,
  low: 0.4,
  high: 0.6,
  unit: "share",
  definition: "x",
  contacts: "/v1/events",
  rankable: true,
  ...change,
});

describe("figures", () => {
  it("are written in their unit", () => {
    const format = makeFormat("en");
    expect(valueText(0.82145, "share", format)).toBe("82.1%");
    expect(valueText(40.774, "seconds", format)).toBe("41 sec");
    expect(valueText(24.6, "hours", format)).toBe("24.6 hours");
    expect(valueText(-12.3, "points", format)).toBe("-12.3");
  });

  it("stand on the whole axis of their unit, and amounts begin at zero", () => {
    expect(axisOf(figure({}))).toEqual([0, 1]);
    expect(axisOf(figure({ unit: "points" }))).toEqual([-100, 100]);
    expect(axisOf(figure({ unit: "seconds", value: 41, high: 43 }))).toEqual([0, 50]);
    expect(roundUp(0)).toBe(1);
  });

  it("end their period with the last day asked for", () => {
    const { since, until } = spanOf({ from: "2024-02-28", to: "2024-02-28" });
    expect(new Date(until ?? "").getTime() - new Date(since ?? "").getTime()).toBe(86_400_000);
    expect(new Date(spanOf({ to: "2025-12-31" }).until ?? "").getFullYear()).toBe(2026);
  });

  it("have a course in steps that suit the period", () => {
    const days = (count: number) => stepOf(0, count * 86_400e6);
    expect([days(28), days(90), days(365), days(3650)]).toEqual(["day", "week", "month", "quarter"]);
  });
});

describe("fractionWord", () => {
  it("says a fraction only where it is true", () => {
    expect(fractionWord(0.501, 0.48, 0.52)).toBe("half");
    expect(fractionWord(0.485, 0.47, 0.495)).toBeNull();
    expect(fractionWord(0.41, 0.38, 0.44)).toBeNull();
    expect(fractionWord(0.33, 0.3, 0.36)).toBe("third");
  });
});
