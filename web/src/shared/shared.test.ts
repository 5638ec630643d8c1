import { describe, expect, it } from "vitest";
import { readFilters } from "./address";
import { bodyOf, kindOf } from "./exporting/exporting";
import { makeFormat } from "./format";

describe("exports", () => {
  it("guess what a column holds and send nothing that is no value", () => {
    const rows = [
      ["a", 1, null],
      ["b", Number.NaN, undefined],
    ];
    expect([0, 1, 2].map((at) => kindOf(rows, at))).toEqual(["text", "number", "text"]);
    const columns = ["name", "n", "n"].map((title) => ({ key: title, title }));
    const body = bodyOf("my table/1", "csv", { title: "T", columns, rows }, "en-GB");
    expect(body.what).toBe("my-table-1");
    expect(body.columns.map((column) => column.key)).toEqual(["name", "n", "n_3"]);
    expect(body.rows[1]).toEqual(["b", null, null]);
    expect(body.language).toBe("en");
  });
});

describe("format", () => {
  it("writes durations in the unit that reads best", () => {
    const en = makeFormat("en");
    expect(en.duration(41)).toBe("41 sec");
    expect(en.duration(300)).toBe("5 min");
    expect(en.duration(36.4 * 3600)).toBe("36.4 hours");
    expect(en.duration(56_529.75 * 86_400)).toBe("56,530 days");
    expect(makeFormat("zh-CN").duration(86_400 * 3)).toBe("3天");
  });

  it("writes shares and signed points", () => {
    const en = makeFormat("en");
    expect(en.share(0.97081)).toBe("97.1%");
    expect(en.signed(21.24)).toBe("+21.2");
    expect(en.days(86_400 * 1234)).toBe("1,234");
  });
});

describe("address", () => {
  it("reads the filters it knows and nothing else", () => {
    expect(readFilters(new URLSearchParams("from=2025-01-01&channel=phone&x=1&branch="))).toEqual({
      from: "2025-01-01",
      channel: "phone",
    });
  });
});
