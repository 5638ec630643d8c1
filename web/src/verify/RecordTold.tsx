import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { type Format, useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import type { Opening } from "./engine/proof";
import { TrailTold } from "./TrailTold";

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
/** Members that count in the smallest unit of a currency. */
const MINOR = /(^|_)minor$/;
/** Members of the record that are told in words of their own; the rest of them is for machines. */
const TOLD = ["channel", "product", "case", "journey", "step", "org", "actor", "subject"] as const;

function tableOf(t: TFunction, part: "fact" | "value"): Record<string, string> {
  const found: unknown = t(`contacts.${part}`, { returnObjects: true });
  return found && typeof found === "object" ? (found as Record<string, string>) : {};
}

/** What a kind of event is called; the names are part of the page, so that nobody has to be asked for them. */
export function useKindName(): (type: unknown) => string {
  const name = useNames();
  return (type) => name("kind", String(type).replace(/\.v\d+$/, ""));
}

/** The recorded content in words, and letter by letter. */
export function RecordTold({ opening }: { opening: Opening }) {
  const { t } = useTranslation();
  const rows = useRows(opening.event);
  return (
    <section className="block-section" aria-labelledby="verify-record">
      <h2 id="verify-record">{t("verify.record.title")}</h2>
      <p className="soft measure-width">{t("verify.record.subtitle")}</p>
      <dl className="pairs verify-record">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <TrailTold trail={dataOf(opening.event).trail} />
      <details className="definition">
        <summary>{t("verify.record.raw")}</summary>
        <pre className="letters">{opening.canonical}</pre>
      </details>
    </section>
  );
}

/** What the event says; a text with signs that the common form cannot hold stands beside it, letter by letter. */
function dataOf(event: Record<string, unknown>): Record<string, unknown> {
  if (event.data && typeof event.data === "object") return event.data as Record<string, unknown>;
  try {
    return typeof event.data_text === "string" ? (JSON.parse(event.data_text) as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** An amount with its currency, as people write it; null for anything else. */
function amountOf(member: string, given: unknown, currency: unknown, language: string): string | null {
  if (!MINOR.test(member) || typeof given !== "number") return null;
  if (typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency)) return null;
  const format = new Intl.NumberFormat(language, { style: "currency", currency });
  return format.format(given / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

function momentOf(format: Format, microseconds: unknown): string {
  const moment = new Date(Number(microseconds) / 1000);
  return Number.isNaN(moment.getTime()) ? String(microseconds) : format.instant(moment);
}

function useRows(event: Record<string, unknown>): [string, string][] {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const kindName = useKindName();
  const facts = tableOf(t, "fact");
  const values = tableOf(t, "value");
  const told = (given: unknown): string => {
    if (typeof given === "boolean") return t(given ? "contacts.yes" : "contacts.no");
    if (typeof given !== "string") return JSON.stringify(given);
    if (MOMENT.test(given)) return format.instant(new Date(given));
    return values[given] ?? name("member", given);
  };
  const rows: [string, string][] = [
    [t("verify.record.what"), kindName(event.type)],
    [t("verify.record.when"), momentOf(format, event.time_us)],
    [t("verify.record.recorded"), momentOf(format, event.recorded_us)],
  ];
  for (const member of TOLD) {
    if (typeof event[member] !== "string") continue;
    const sort = member === "journey" || member === "step" ? member : "member";
    rows.push([t(`verify.record.${member}`), name(sort, event[member])]);
  }
  const data = dataOf(event);
  for (const [member, given] of Object.entries(data)) {
    if (member === "trail") continue;
    const label = Object.hasOwn(facts, member) ? (facts[member] ?? member) : member;
    const amount = amountOf(member, given, data.currency, format.language);
    // Told with its currency, an amount no longer counts in cents.
    rows.push(amount ? [label.replace(/（分）| \(minor units\)/, ""), amount] : [label, told(given)]);
  }
  if (event.personal !== undefined) rows.push([t("verify.record.personal"), t("verify.record.sealed")]);
  return rows;
}
