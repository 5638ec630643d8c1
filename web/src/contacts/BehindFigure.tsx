import { useMemo } from "react";
import { Trans, useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ask } from "../api/client";
import { selectionOf, useContacts, useDefinitions, useMembers, useQuality } from "../quality/api";
import { inLanguage } from "../quality/types";
import { useAddress } from "../shared/address";
import { ExportMenu } from "../shared/exporting/ExportMenu";
import type { ExportTable } from "../shared/exporting/exporting";
import { Empty, Failure, Loading } from "../shared/states";
import type { Line } from "./api";
import { ContactList } from "./ContactList";
import { useWords } from "./words";

/** The contacts that one figure counts, by the same filters as the figure itself. */
export function BehindFigure({ figure }: { figure: string }) {
  const { t, i18n } = useTranslation();
  const { params, filters } = useAddress();
  const words = useWords();
  const quality = useQuality(filters);
  const definitions = useDefinitions();
  const definition = definitions.data?.find((one) => one.id === figure);
  const found = quality.data?.figures[figure];
  const address = useMemo(() => evidenceOf(figure, filters), [figure, filters]);
  const contacts = useContacts(address);
  const units = useMembers("branch").data;
  const lines = useMemo(() => {
    const names = new Map(units?.groups.map((group) => [group.key, group.name ?? null]));
    const listed = contacts.data?.pages.flatMap((page) => page.contacts) ?? [];
    return listed.map((one) => ({ ...lineOf(one), org_name: names.get(one.org) ?? null }));
  }, [contacts.data, units]);
  const name = definition ? inLanguage(definition.name, i18n.language) : figure;
  const rest = new URLSearchParams(params);
  rest.delete("figure");
  return (
    <main className="content contacts-page" id="content">
      <h1 className="question">{t("contacts.behind.question")}</h1>
      <p className="answer">
        <Trans
          t={t}
          i18nKey="contacts.behind.answer"
          values={{ name, count: found ? words.format.whole(found.n) : "…" }}
          components={{ em: <em /> }}
        />
        <span className="answer-sure">{t("contacts.behind.why")}</span>
      </p>
      <div className="contacts-tools">
        <Link className="leave" to={`/contacts?${rest}`}>
          {t("contacts.behind.leave")}
        </Link>
        <ExportMenu name="contacts-behind" title={name} table={() => everyRow(address, name)} />
      </div>
      {contacts.isError && <Failure error={contacts.error} retry={() => void contacts.refetch()} />}
      {contacts.isLoading && <Loading lines={12} />}
      {contacts.isSuccess && lines.length === 0 && <Empty title={t("contacts.none")} />}
      {lines.length > 0 && (
        <ContactList
          lines={lines}
          all={found?.n}
          stale={false}
          more={contacts.hasNextPage ? () => void contacts.fetchNextPage() : undefined}
          busy={contacts.isFetchingNextPage}
        />
      )}
    </main>
  );
}

const COLUMNS = ["position", "time", "type", "channel", "subject", "case", "org", "product", "segment"] as const;
const KINDS: Partial<Record<(typeof COLUMNS)[number], "number" | "moment">> = { position: "number", time: "moment" };
/** Most rows that a table of a page may have; the server refuses more. */
const ROWS_MAX = 100_000;

/** Every contact behind a figure, not only those listed so far. */
async function everyRow(address: string, title: string): Promise<ExportTable> {
  const rows: ExportTable["rows"] = [];
  let after: number | null = 0;
  while (after !== null && rows.length <= ROWS_MAX) {
    const page: EvidencePage = await ask<EvidencePage>(`${address}&after=${after}&limit=1000`);
    const lines = page.contacts.map(lineOf);
    rows.push(...lines.map((line) => COLUMNS.map((column) => line[column])));
    after = page.next_after;
  }
  return { title, columns: COLUMNS.map((key) => ({ key, title: key, kind: KINDS[key] ?? "text" })), rows };
}

/** The address of the contacts behind a figure, as the figure itself would give it. */
function evidenceOf(figure: string, filters: Parameters<typeof selectionOf>[0]): string {
  const query = new URLSearchParams({ figure });
  for (const [name, value] of Object.entries(selectionOf(filters))) if (value) query.set(name, value);
  return `/v1/quality/contacts?${query}`;
}

type EvidencePage = NonNullable<ReturnType<typeof useContacts>["data"]>["pages"][number];
type Evidence = EvidencePage["contacts"][number];

function lineOf(contact: Evidence): Line {
  return {
    position: contact.position,
    time: new Date(contact.time_us / 1000).toISOString(),
    type: contact.type,
    kind: contact.type.replace(/\.v\d+$/, ""),
    channel: contact.channel,
    subject: contact.subject,
    case: contact.case,
    journey: null,
    step: null,
    lifecycle: null,
    actor: null,
    org: contact.org,
    org_name: null,
    product: contact.product,
    segment: contact.segment,
    team: null,
    facts: {},
    personal: "none",
  };
}
