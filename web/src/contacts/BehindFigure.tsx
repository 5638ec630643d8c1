import { useMemo } from "react";
import { Trans, useTranslation } from "react-i18next";
import { Link } from "react-router";
import { selectionOf, useContacts, useDefinitions, useQuality } from "../quality/api";
import { inLanguage } from "../quality/types";
import { useAddress } from "../shared/address";
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
  const lines = useMemo(() => contacts.data?.pages.flatMap((page) => page.contacts.map(lineOf)) ?? [], [contacts.data]);
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
      <p>
        <Link to={`/contacts?${rest}`}>{t("contacts.behind.leave")}</Link>
      </p>
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

/** The address of the contacts behind a figure, as the figure itself would give it. */
function evidenceOf(figure: string, filters: Parameters<typeof selectionOf>[0]): string {
  const query = new URLSearchParams({ figure });
  for (const [name, value] of Object.entries(selectionOf(filters))) if (value) query.set(name, value);
  return `/v1/quality/contacts?${query}`;
}

type Evidence = NonNullable<ReturnType<typeof useContacts>["data"]>["pages"][number]["contacts"][number];

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
