import { describe, expect, it } from "vitest";
import { readFilters } from "./address";
import { toCsv } from "./csv";
import { makeFormat } from "./format";

describe("csv", () => {
  it("quotes what needs quoting and disarms formulas", () => {
    expect(
      toCsv(
        ["a", "b"],
        [
          ['x,"y"', 1.5],
          ["=1+1", null],
          ["-3", -3],
        ],
      ),
    ).toBe('\uFEFFa,b\r\n"x,""y""",1.5\r\n\'=1+1,\r\n\'-3,-3\r\n');
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
