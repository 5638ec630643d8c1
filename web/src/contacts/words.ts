import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { inLanguage } from "../access/session";
import { type Format, useFormat } from "../shared/format";
import { type NameOf, useNames } from "../shared/names";
import type { Line } from "./api";

type Value = string | number | boolean;

/** What the reader calls the parts of a contact. */
export interface Words {
  kind: (kind: string) => string;
  channel: (channel: string) => string;
  unit: (line: Pick<Line, "org" | "org_name">) => string;
  label: (member: string) => string;
  value: (member: string, value: unknown) => string;
  /** What a contact is about, in a few words. */
  about: (line: Line) => string;
  /** Which kind it is and, for a step of a journey, which step. */
  what: (line: Line) => string;
  name: NameOf;
  format: Format;
}

const SECONDS = /(^|_)seconds$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
/** Members that say little beside the others. */
const DULL = new Set(["scale_min", "scale_max", "modification", "attempt", "screens"]);

function table(t: TFunction, part: string): Record<string, string> {
  const found: unknown = t(`contacts.${part}`, { returnObjects: true });
  return found && typeof found === "object" ? (found as Record<string, string>) : {};
}

const known = (names: Record<string, string>, key: string): string | undefined =>
  Object.hasOwn(names, key) ? names[key] : undefined;

export function useWords(): Words {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const name = useNames();
  return useMemo(() => {
    const facts = table(t, "fact");
    const values = table(t, "value");
    const kind = (key: string) => name("kind", key.replace(/\.v\d+$/, ""));
    const label = (member: string) => known(facts, member) ?? member;
    const value = (member: string, given: unknown): string => {
      if (typeof given === "boolean") return t(given ? "contacts.yes" : "contacts.no");
      if (typeof given === "number") return SECONDS.test(member) ? format.duration(given) : String(given);
      if (typeof given !== "string") return JSON.stringify(given);
      if (MOMENT.test(given)) return format.moment(new Date(given));
      return known(values, given) ?? name("member", given);
    };
    const what = (line: Line) => {
      if (!line.step) return kind(line.kind);
      const step = name("step", line.step);
      return line.journey ? `${name("journey", line.journey)} · ${step}` : step;
    };
    const about = (line: Line) =>
      Object.entries(line.facts as Record<string, Value>)
        .filter(([member, given]) => !DULL.has(member) && given !== false)
        .slice(0, 3)
        .map(([member, given]) => (given === true ? label(member) : `${label(member)} ${value(member, given)}`))
        .join(" · ");
    return {
      kind,
      label,
      value,
      what,
      about,
      name,
      format,
      channel: (channel) => name("member", channel),
      unit: (line) => (line.org_name ? inLanguage(line.org_name, i18n.language) : (line.org ?? "")),
    };
  }, [t, i18n.language, format, name]);
}

/** A customer's pseudonym, short enough for a list. */
export const shortSubject = (subject: string): string => (subject.length > 12 ? `${subject.slice(0, 10)}…` : subject);

/** The page of a contact, of a subject. */
export const contactAddress = (position: number): string => `/contacts/${position}`;
export const subjectAddress = (subject: string): string => `/subjects/${encodeURIComponent(subject)}`;
