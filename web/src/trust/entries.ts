import type { TFunction } from "i18next";
import { rightKey } from "../access/rights";

/** One line of the audit trail, as `GET /v1/audit` gives it. */
export interface Entry {
  position: number;
  time: string;
  kind: string;
  actor: string | null;
  unit: string | null;
  data: Record<string, unknown>;
}

const keyOf = (kind: string) => kind.replace(/^access\./, "").replace(/\.v\d+$/, "");

/** What the reader calls a kind of entry; a kind the page does not know is shown by its key. */
export function kindName(t: TFunction, kind: string): string {
  return t(`trust.kind.${keyOf(kind)}`, { defaultValue: keyOf(kind) });
}

/** What happened, in facts: each member that has a name here and a value, in the order of the record. */
export function toldOf(t: TFunction, entry: Entry): string {
  const facts = Object.entries(entry.data).flatMap(([name, value]) => {
    const text = textOf(t, name, value);
    const label = t(`trust.fact.${name}`, { defaultValue: "" });
    return text && label ? [t("trust.factIs", { label, value: text })] : [];
  });
  return facts.join(t("trust.and"));
}

function textOf(t: TFunction, name: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return "";
  if (name === "role") return t(`access.role.${String(value)}`, { defaultValue: String(value) });
  if (name === "right") return rightName(t, String(value));
  if (name === "scopes" && Array.isArray(value))
    return value.map((one) => rightName(t, String(one))).join(t("shared.comma"));
  if (name === "method" && /^(password|passkey)$/.test(String(value))) return t(`trust.method.${String(value)}`);
  if (name === "reason") return t(`trust.reason.${String(value)}`, { defaultValue: String(value) });
  if (typeof value === "boolean") return t(value ? "trust.yes" : "trust.no");
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([inner, one]) => `${t(`trust.fact.${inner}`, { defaultValue: inner })} → ${textOf(t, inner, one) || "–"}`)
      .join(t("shared.comma"));
  }
  return String(value).slice(0, 200);
}

function rightName(t: TFunction, right: string): string {
  return t(`access.right.${rightKey(right)}`, { defaultValue: right });
}
