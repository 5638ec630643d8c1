import { useTranslation } from "react-i18next";
import { inLanguage } from "../access/session";
import { useFormat } from "../shared/format";
import type { Facets } from "./api";
import { useWords } from "./words";

/** One condition of the address in words, and what takes it away. */
export interface Condition {
  key: string;
  text: string;
  without: Record<string, null>;
}

/** The conditions of an address, as chips and as the subject of the answer. */
export function useConditions(params: URLSearchParams, facets: Facets | undefined): Condition[] {
  const { t, i18n } = useTranslation();
  const words = useWords();
  const format = useFormat();
  const unit = (code: string) => {
    const found = facets?.facets.org?.find((one) => one.key === code)?.name;
    return found ? inLanguage(found, i18n.language) : code;
  };
  const said: Record<string, (value: string) => string> = {
    q: (value) => `“${value}”`,
    kind: (value) => words.kind(value),
    channel: (value) => words.channel(value),
    branch: unit,
    product: (value) => words.name("member", value),
    segment: (value) => words.name("member", value),
    journey: (value) => words.name("journey", value),
    step: (value) => words.name("step", value),
    actor: (value) => `${t("contacts.one.actor")} ${value}`,
    case: (value) => t("contacts.subject.thread", { case: value }),
    subject: (value) => `${t("contacts.who")} ${value}`,
    from: (value) => `${t("contacts.from")} ${format.day(new Date(`${value}T12:00:00`))}`,
    to: (value) => `${t("contacts.to")} ${format.day(new Date(`${value}T12:00:00`))}`,
  };
  return Object.entries(said).flatMap(([key, say]) => {
    const value = params.get(key);
    if (value === null || (value === "" && key === "q")) return [];
    const dimension = { branch: "org", kind: "type" }[key] ?? key;
    const text = value === "" ? `${t(`contacts.facet.${dimension}`)} ${t("contacts.unstated")}` : say(value);
    return [{ key, text, without: { [key]: null, open: null } }];
  });
}

export function useDescription(params: URLSearchParams, facets: Facets | undefined): string {
  const { t } = useTranslation();
  const conditions = useConditions(params, facets);
  return conditions.length ? conditions.map((one) => one.text).join(t("shared.comma")) : t("contacts.everything");
}
