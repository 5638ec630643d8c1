import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { inLanguage } from "../access/session";
import { type Format, useFormat } from "../shared/format";
import { type NameOf, useNames } from "../shared/names";
import { type Line, useServerWords } from "./api";

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
  /** A code, by the words of the installation, those of the console, or as it stands. */
  code: (code: string) => string;
  name: NameOf;
  format: Format;
}

const SECONDS = /(^|_)seconds$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
/** Members that tell most about a contact, the most telling first; a list shows three of them. */
const TELLING = [
  "topic",
  "incident",
  "business",
  "demand",
  "outcome",
  "state",
  "metric",
  "score",
  "fault",
  "resolved",
  "timely",
  "disputed",
  "wait_seconds",
  "queue_seconds",
  "service_seconds",
  "talk_seconds",
  "seconds",
  "ticket",
  "register",
  "stated",
  "due_at",
  "answer_by",
];
/** Parts of the installation's words in which a code of the data is looked up. */
const PARTS = ["topics", "businesses", "complaint_business", "outcomes", "papers", "teams", "products", "segments"];

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
  const served = useServerWords().data;
  return useMemo(() => {
    const facts = table(t, "fact");
    const values = table(t, "value");
    const families = table(t, "family");
    const code = (given: string): string => {
      for (const part of PARTS) {
        const found = served?.[part]?.[given];
        if (found) return inLanguage(found, i18n.language);
      }
      return known(values, given) ?? name("member", given);
    };
    const kind = (key: string) => known(families, key) ?? name("kind", key.replace(/\.v\d+$/, ""));
    const label = (member: string) => known(facts, member) ?? member;
    const value = (member: string, given: unknown): string => {
      if (typeof given === "boolean") return t(given ? "contacts.yes" : "contacts.no");
      if (typeof given === "number") return SECONDS.test(member) ? format.duration(given) : String(given);
      if (typeof given !== "string") return JSON.stringify(given);
      if (MOMENT.test(given)) return format.moment(new Date(given));
      return code(given);
    };
    const what = (line: Line) => {
      if (!line.step) return kind(line.kind);
      const step = name("step", line.step);
      return line.journey ? `${name("journey", line.journey)} · ${step}` : step;
    };
    const about = (line: Line) =>
      TELLING.flatMap((member): [string, Value][] => {
        const given = (line.facts as Record<string, Value>)[member];
        return given === undefined || given === false ? [] : [[member, given]];
      })
        .slice(0, 3)
        .map(([member, given]) => (given === true ? label(member) : `${label(member)} ${value(member, given)}`))
        .join(" · ");
    return {
      kind,
      label,
      value,
      what,
      about,
      code,
      name,
      format,
      channel: (channel) => name("member", channel),
      unit: (line) => (line.org_name ? inLanguage(line.org_name, i18n.language) : (line.org ?? "")),
    };
  }, [t, i18n.language, format, name, served]);
}

/** A customer's pseudonym, short enough for a list. */
export const shortSubject = (subject: string): string => (subject.length > 12 ? `${subject.slice(0, 10)}…` : subject);

/** The page of a contact, of a subject. */
export const contactAddress = (position: number): string => `/contacts/${position}`;
export const subjectAddress = (subject: string): string => `/subjects/${encodeURIComponent(subject)}`;
