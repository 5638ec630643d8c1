import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ask } from "../api/client";
import { useAddress } from "../shared/address";
import { DataTable } from "../shared/DataTable";
import { ExportMenu } from "../shared/exporting/ExportMenu";
import { useFormat } from "../shared/format";
import { spanOf } from "../shared/period";
import { Empty, Failure, Loading } from "../shared/states";
import { SavedViews } from "../shared/views/SavedViews";
import { type Entry, kindName, toldOf } from "./entries";

interface Page {
  events: Entry[];
  kinds: string[];
  next: number | null;
}

const PAGE = 100;

/** The conditions of the address as the server takes them. */
function useAudit(params: URLSearchParams) {
  const kind = params.get("kind");
  const actor = params.get("actor");
  const { since, until } = spanOf({ from: params.get("from") ?? undefined, to: params.get("to") ?? undefined });
  return useInfiniteQuery({
    queryKey: ["audit", kind, actor, since, until],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) => {
      const asked = { kind, actor, since, until, after: pageParam?.toString(), limit: String(PAGE) };
      const given = Object.entries(asked).filter((pair): pair is [string, string] => Boolean(pair[1]));
      return ask<Page>(`/v1/audit?${new URLSearchParams(given)}`, { signal });
    },
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
}

/** Who signed in, took something out, was refused, or changed rights and settings; nothing here can be altered. */
export default function AuditPage() {
  const { t } = useTranslation();
  const { params, change } = useAddress();
  const audit = useAudit(params);
  const rows = audit.data?.pages.flatMap((page) => page.events) ?? [];
  const kinds = audit.data?.pages[0]?.kinds ?? [];
  return (
    <main className="content" id="content">
      <h1 className="question">{t("trust.audit.question")}</h1>
      <AuditAnswer rows={rows} more={audit.hasNextPage} known={audit.isSuccess} />
      <Conditions params={params} change={change} kinds={kinds} />
      {audit.isError && <Failure error={audit.error} retry={() => void audit.refetch()} />}
      {audit.isLoading && <Loading lines={12} height={560} />}
      {audit.isSuccess && rows.length === 0 && (
        <Empty title={t("trust.audit.none")}>
          <p className="soft">{t("trust.audit.noneDo")}</p>
        </Empty>
      )}
      {rows.length > 0 && <AuditTable rows={rows} />}
      {audit.hasNextPage && (
        <p className="row">
          <button
            type="button"
            className="quiet"
            disabled={audit.isFetchingNextPage}
            onClick={() => void audit.fetchNextPage()}
          >
            {t("shared.more")}
          </button>
        </p>
      )}
    </main>
  );
}

function AuditAnswer({ rows, more, known }: { rows: Entry[]; more: boolean; known: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const refused = rows.filter((row) => /refused|failed/.test(row.kind)).length;
  const exported = rows.filter((row) => row.kind.startsWith("access.exported")).length;
  const oldest = rows.at(-1);
  return (
    <p className="answer">
      {!known
        ? t("shared.loading")
        : oldest
          ? t(more ? "trust.audit.answerMore" : "trust.audit.answer", {
              count: rows.length,
              day: format.day(new Date(oldest.time)),
              refused,
              exported,
            })
          : t("trust.audit.answerNone")}
    </p>
  );
}

interface ConditionsProps {
  params: URLSearchParams;
  change: (changes: Record<string, string | null>) => void;
  kinds: string[];
}

function Conditions({ params, change, kinds }: ConditionsProps) {
  const { t } = useTranslation();
  return (
    <div className="filters-row">
      <div className="field">
        <label htmlFor="audit-kind">{t("trust.audit.kind")}</label>
        <select
          id="audit-kind"
          value={params.get("kind") ?? ""}
          onChange={(event) => change({ kind: event.target.value })}
        >
          <option value="">{t("trust.audit.all")}</option>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {kindName(t, kind)}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor="audit-actor">{t("trust.audit.actor")}</label>
        <input
          id="audit-actor"
          type="search"
          defaultValue={params.get("actor") ?? ""}
          maxLength={200}
          onBlur={(event) => change({ actor: event.target.value.trim() })}
          onKeyDown={(event) => {
            if (event.key === "Enter") change({ actor: event.currentTarget.value.trim() });
          }}
        />
      </div>
      {(["from", "to"] as const).map((name) => (
        <div className="field" key={name}>
          <label htmlFor={`audit-${name}`}>{t(`trust.audit.${name}`)}</label>
          <input
            id={`audit-${name}`}
            type="date"
            value={params.get(name) ?? ""}
            onChange={(event) => change({ [name]: event.target.value })}
          />
        </div>
      ))}
      <SavedViews page="audit" />
    </div>
  );
}

function AuditTable({ rows }: { rows: Entry[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="figure" aria-labelledby="audit-title">
      <header className="figure-head">
        <div>
          <h2 id="audit-title">{t("trust.audit.title")}</h2>
          <p className="soft">{t("trust.audit.subtitle")}</p>
        </div>
        <ExportMenu
          name="audit"
          title={t("trust.audit.title")}
          table={() => ({
            title: t("trust.audit.title"),
            columns: [
              { key: "time", title: t("trust.audit.time"), kind: "moment" },
              { key: "kind", title: t("trust.audit.kind"), kind: "text" },
              { key: "actor", title: t("trust.audit.actor"), kind: "text" },
              { key: "what", title: t("trust.audit.what"), kind: "text" },
            ],
            rows: rows.map((row) => [row.time, kindName(t, row.kind), row.actor, toldOf(t, row)]),
          })}
        />
      </header>
      <DataTable
        caption={t("trust.audit.title")}
        rows={rows}
        rowKey={(row) => String(row.position)}
        columns={[
          { key: "time", title: t("trust.audit.time"), cell: (row) => format.moment(new Date(row.time)) },
          { key: "kind", title: t("trust.audit.kind"), cell: (row) => kindName(t, row.kind) },
          { key: "actor", title: t("trust.audit.actor"), cell: (row) => row.actor ?? t("trust.audit.nobody") },
          {
            key: "what",
            title: t("trust.audit.what"),
            wide: true,
            cell: (row) => <span className="soft">{toldOf(t, row)}</span>,
          },
        ]}
      />
    </section>
  );
}
