import { describe, expect, it } from "vitest";
import type { Line } from "./api";
import { moodOf } from "./Feeling";
import { hidden, looksPersonal, maybeName } from "./person";
import { daysOf } from "./threads";

const line = (position: number, time: string, of: string | null = null) =>
  ({ position, time, case: of }) as unknown as Line;

describe("the course of a customer", () => {
  it("goes by days, with neighbours of a case in one thread", () => {
    const days = daysOf([
      line(5, "2026-03-02T12:00:00", "a"),
      line(4, "2026-03-02T11:00:00", "a"),
      line(3, "2026-03-02T10:00:00"),
      line(2, "2026-03-02T09:00:00", "a"),
      line(1, "2026-03-01T12:00:00"),
    ]);
    expect(days.map((day) => [day.day, day.threads.map((thread) => thread.lines.map((one) => one.position))])).toEqual([
      ["2026-03-02", [[5, 4], [3], [2]]],
      ["2026-03-01", [[1]]],
    ]);
  });

  it("hears feelings on the scale of each question", () => {
    const csat = (score: number) => moodOf({ metric: "csat", score, low: 1, high: 5 });
    expect([1, 2, 3, 4, 5].map(csat)).toEqual(["bad", "bad", "mixed", "good", "good"]);
    const nps = (score: number) => moodOf({ metric: "nps", score, low: 0, high: 10 });
    expect([0, 6, 7, 8, 9, 10].map(nps)).toEqual(["bad", "bad", "mixed", "mixed", "good", "good"]);
  });
});

describe("what names a person", () => {
  it("is told from what names a record", () => {
    for (const text of ["13800138000", "+86 138-0013-8000", "11010519491231002X", "6222021234567890123", "a@b.cn"]) {
      expect(looksPersonal(text), text).toBe(true);
    }
    for (const text of ["p-65d0916b051bf946", "complaint-0000211-1", "A012", "JC-0402", "mortgage", "王小明", "#12"]) {
      expect(looksPersonal(text), text).toBe(false);
    }
    expect(maybeName("王小明")).toBe(true);
    expect(maybeName("东湖路支行")).toBe(false);
    expect(hidden("13800138000")).toBe("13***00");
  });
});
