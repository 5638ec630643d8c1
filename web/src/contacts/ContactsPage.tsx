import { useEffect, useMemo } from "react";
import { Trans, useTranslation } from "react-i18next";
import { useSession } from "../access/session";
import { useAddress } from "../shared/address";
import { ExportMenu } from "../shared/exporting/ExportMenu";
import { exportAddress, hereAddress } from "../shared/exporting/exporting";
import { Empty, Failure, Loading } from "../shared/states";
import { SavedViews } from "../shared/views/SavedViews";
import { conditionsOf, type Facets, type Meaning, useContactList, useFacets } from "./api";
import { BehindFigure } from "./BehindFigure";
import { ContactList } from "./ContactList";
import "./contacts.css";
import { useDescription } from "./description";
import { FacetColumn } from "./FacetColumn";
import { SearchField } from "./SearchField";
import { useWords } from "./words";

/** Which contacts am I looking for? The address carries everything; a figure in it leads to what that figure counts. */
export default function ContactsPage() {
  const { t } = useTranslation();
  const { params } = useAddress();
  useEffect(() => {
    document.title = `${t("app.page.contacts")} · ${t("app.name")}`;
  }, [t]);
  const figure = params.get("figure");
  return figure ? <BehindFigure figure={figure} /> : <FoundContacts />;
}

function FoundContacts() {
  const { t, i18n } = useTranslation();
  const { params, change } = useAddress();
  const text = conditionsOf(params).toString();
  const wanted = useMemo(() => new URLSearchParams(text), [text]);
  const list = useContactList(wanted, true);
  const facets = useFacets(wanted, true);
  const lines = useMemo(() => list.data?.pages.flatMap((page) => page.contacts) ?? [], [list.data]);
  const file = (format: "csv" | "xlsx") => {
    const query = new URLSearchParams(wanted);
    query.set("format", format);
    query.set("language", i18n.language === "zh-CN" ? "zh-CN" : "en");
    query.set("address", hereAddress());
    return exportAddress(`/v1/contacts/export?${query}`, `tiexin-contacts.${format}`);
  };
  return (
    <main className="content contacts-page" id="content">
      <h1 className="question">{t("contacts.question")}</h1>
      <Answer facets={facets.data} meaning={list.data?.pages[0]?.meaning ?? null} />
      <SearchField params={params} change={change} />
      <div className="contacts-tools">
        <span className="soft keys-hint">{t("contacts.keys")}</span>
        <SavedViews page="contacts" />
        <ExportMenu name="contacts" title={t("app.page.contacts")} file={file} />
      </div>
      <div className="contacts-columns">
        <FacetColumn params={params} change={change} facets={facets.data} failed={facets.error} />
        <div>
          {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
          {list.isLoading && <Loading lines={12} height={600} />}
          {list.isSuccess && lines.length === 0 && <Nothing filtered={text !== ""} />}
          {lines.length > 0 && (
            <ContactList
              lines={lines}
              all={facets.data?.n}
              stale={list.isPlaceholderData}
              more={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
              busy={list.isFetchingNextPage}
            />
          )}
        </div>
      </div>
    </main>
  );
}

/** What is seen and how many, as one would say it aloud; the number comes a moment after the list. */
function Answer({ facets, meaning }: { facets: Facets | undefined; meaning: Meaning | null }) {
  const { t, i18n } = useTranslation();
  const { params } = useAddress();
  const { format } = useWords();
  const what = useDescription(params, facets);
  const units = meaning?.units.map((unit) => (i18n.language === "zh-CN" ? unit.zh : unit.en)) ?? [];
  const values = { names: format.list(units.slice(0, 5)), text: params.get("q") ?? "" };
  return (
    <div className="answer-block contacts-answer">
      {facets ? (
        <p className="answer">
          <Trans
            t={t}
            i18nKey="contacts.answer"
            values={{ what, count: format.whole(facets.n) }}
            components={{ em: <em /> }}
          />
          {facets.first && facets.last && (
            <span className="answer-sure">
              {t("contacts.span", {
                from: format.day(new Date(facets.first)),
                to: format.day(new Date(facets.last)),
              })}{" "}
              {meaning && t(`contacts.meant.${meaning.sort}`, values)}
            </span>
          )}
        </p>
      ) : (
        <Loading lines={2} height={76} />
      )}
    </div>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  const { t } = useTranslation();
  const { session } = useSession();
  return (
    <Empty title={t(filtered ? "contacts.none" : "contacts.empty")}>
      <p className="soft">{t(filtered ? "contacts.noneTeach" : "contacts.emptyTeach")}</p>
      {!session.whole && <p className="soft">{t("contacts.noneReach")}</p>}
    </Empty>
  );
}
