import { beforeEach, describe, expect, it } from "vitest";
import { draftOf, dropDraft, keepDraft, keptDraft, lacksOf, memberOf, planOf, type Suggestion } from "./plan";

const column = (name: string, role: Suggestion["columns"][number]["role"], formats: string[] = []) => ({
  name,
  role,
  formats,
  examples: ["x"],
  confidence: "sure" as const,
  filled: 4,
  distinct: 4,
});

const seen: Suggestion = {
  kind: "mapping",
  format: "csv",
  needs_zone: true,
  rows_seen: 4,
  columns: [
    column("at", "time", ["%Y/%m/%d"]),
    column("who", "subject"),
    column("queue s", "data"),
    column("notes", "personal"),
  ],
  mapping: {
    mapping: 1,
    name: "calls",
    format: "csv",
    encoding: "gb18030",
    delimiter: ";",
    nulls: ["", "-"],
    event: {
      type: { constant: "call.ended.v1" },
      time: { column: "at", formats: ["%Y/%m/%d"] },
      subject: { column: "who", pseudonymise: "customer" },
    },
    data: { queue_s: { column: "queue s", as: "int" } },
    personal: { notes: "notes" },
  },
};

describe("the plan of an import", () => {
  beforeEach(() => localStorage.clear());

  it("is what was suggested as long as nothing was changed, with the zone somebody chose", () => {
    const draft = { ...draftOf(seen), zone: "Asia/Shanghai" };
    expect(planOf(draft, seen)).toEqual({ kind: "mapping", mapping: { ...seen.mapping, zone: "Asia/Shanghai" } });
  });

  it("follows what somebody decides about a column", () => {
    const draft = draftOf(seen);
    draft.choices["queue s"] = { role: "channel", cast: "int", formats: [] };
    draft.choices.notes = { role: "out", cast: "text", formats: [] };
    const { mapping } = planOf(draft, seen);
    expect(mapping?.event.channel).toMatchObject({ column: "queue s", other: "absent" });
    expect([mapping?.data, mapping?.personal]).toEqual([{}, {}]);
  });

  it("says what is missing before anything is sent", () => {
    const draft = draftOf(seen);
    expect(lacksOf(draft, seen)).toEqual(["zone"]);
    draft.zone = "UTC";
    expect(lacksOf(draft, seen)).toEqual([]);
    draft.choices.at = { role: "case", cast: "text", formats: [] };
    draft.choices.who = { role: "case", cast: "text", formats: [] };
    expect(lacksOf(draft, seen)).toEqual(["time", "subject", "twice"]);
  });

  it("takes a kept mapping and leaves out what that does not name", () => {
    const kept = { mapping: 1 as const, event: { type: { constant: "x.y.v1" }, case: "who", time: { column: "at" } } };
    const draft = draftOf(seen, kept);
    expect(Object.entries(draft.choices).map(([name, choice]) => [name, choice.role])).toEqual([
      ["at", "time"],
      ["who", "case"],
      ["queue s", "out"],
      ["notes", "out"],
    ]);
    expect(draft.type).toBe("x.y.v1");
  });

  it("gives each column a member of its own", () => {
    expect(memberOf(" Queue (s) ", {})).toBe("queue_s");
    expect(memberOf("queue-s", { queue_s: 1 })).toBe("queue_s_2");
    expect(memberOf("等待 时长", {})).toBe("等待_时长");
    expect(memberOf("Personal", {})).toBe("personal_");
  });

  it("is kept until it is dropped, also through a reload", () => {
    const draft = { ...draftOf(seen), journey: "cards" };
    keepDraft("u1", draft);
    expect(keptDraft("u1")).toEqual(draft);
    dropDraft("u1");
    expect(keptDraft("u1")).toBeNull();
  });
});
