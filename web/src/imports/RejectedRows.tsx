import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Outcome, useAct } from "../shared/acts";
import { type Column, DataTable } from "../shared/DataTable";
import { useFormat } from "../shared/format";
import { Failure, Loading } from "../shared/states";
import { type ImportJob, type Reject, sendFixes, useRejects } from "./api";
import { useReason } from "./reason";

const PAGE = 50;
const KEPT = "tiexin.fixes.";
type Fixes = Record<string, string[]>;

/** The rows that were rejected: why, their cells to be mended here, and the button that imports the mended ones. */
export function RejectedRows({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [page, setPage] = useState(0);
  const found = useRejects(job, page * PAGE, PAGE);
  const fixes = useFixes(job.id);
  if (found.isPending) return <Loading />;
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  const { total, rows, columns } = found.data;
  const mendable = rows.some((row) => row.values);
  return (
    <section className="block-section">
      <h2>{t("imports.rejects.title", { count: total, rows: format.whole(total) })}</h2>
      <p className="soft measure-width">{t(mendable ? "imports.rejects.how" : "imports.rejects.gone")}</p>
      <Rows rows={rows} columns={columns} fixes={fixes.fixes} put={fixes.put} />
      {total > PAGE && (
        <p className="row">
          <button type="button" className="quiet small" disabled={page === 0} onClick={() => setPage(page - 1)}>
            {t("imports.rejects.before")}
          </button>
          <button
            type="button"
            className="quiet small"
            disabled={(page + 1) * PAGE >= total}
            onClick={() => setPage(page + 1)}
          >
            {t("imports.rejects.after")}
          </button>
        </p>
      )}
      <Send job={job} columns={columns} fixes={fixes.fixes} sent={fixes.clear} />
    </section>
  );
}

function Send({ job, columns, fixes, sent }: { job: ImportJob; columns: string[]; fixes: Fixes; sent: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const act = useAct();
  const mended = Object.values(fixes);
  const send = () =>
    act.run(async () => {
      const rows = mended.map((cells) => Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? ""])));
      const next = await sendFixes(job.id, rows);
      sent();
      void queries.invalidateQueries({ queryKey: ["imports"] });
      void queries.invalidateQueries({ queryKey: ["jobs"] });
      await navigate(`/imports/${next.id}`);
      return null;
    });
  return (
    <>
      <p className="row">
        <button type="button" className="main" disabled={!mended.length || act.busy} onClick={() => void send()}>
          {t("imports.rejects.send", { count: mended.length })}
        </button>
        <a className="quiet" href={`/v1/imports/${job.id}/rejects.csv`} download>
          {t("imports.rejects.download")}
        </a>
      </p>
      <Outcome act={act} />
    </>
  );
}

interface RowsProps {
  rows: Reject[];
  columns: string[];
  fixes: Fixes;
  put: (line: number, cells: string[]) => void;
}

function Rows({ rows, columns, fixes, put }: RowsProps) {
  const { t } = useTranslation();
  const reason = useReason();
  const shown: Column<Reject>[] = [
    { key: "line", title: t("imports.rejects.line"), cell: (row) => row.line },
    {
      key: "reason",
      title: t("imports.rejects.reason"),
      cell: (row) => (
        <>
          <span className="reject-reason">{reason(row)}</span>
          {row.detail && (
            <span className="soft block" lang="en">
              {row.detail}
            </span>
          )}
        </>
      ),
    },
    ...columns.map(
      (name, at): Column<Reject> => ({
        key: `column ${at}`,
        title: name,
        cell: (row) => {
          if (!row.values) return "";
          const cells = fixes[row.line] ?? row.values;
          const edit = (value: string) =>
            put(
              row.line,
              columns.map((_, place) => (place === at ? value : (cells[place] ?? ""))),
            );
          return (
            <input
              className={row.column === name ? "plain-input cell-input at-fault" : "plain-input cell-input"}
              aria-label={t("imports.rejects.cellOf", { name, line: row.line })}
              value={cells[at] ?? ""}
              onChange={(event) => edit(event.target.value)}
            />
          );
        },
      }),
    ),
  ];
  return (
    <DataTable
      caption={t("imports.rejects.table")}
      columns={shown}
      rows={rows}
      rowKey={(row) => `${row.line}`}
      marked={(row) => fixes[row.line] !== undefined}
    />
  );
}

/** Mended cells outlive a reload; they are forgotten when they were sent. */
function useFixes(job: string) {
  const [fixes, setFixes] = useState<Fixes>(() => {
    try {
      return JSON.parse(sessionStorage.getItem(KEPT + job) ?? "{}") as Fixes;
    } catch {
      return {};
    }
  });
  const keep = (next: Fixes) => {
    setFixes(next);
    try {
      sessionStorage.setItem(KEPT + job, JSON.stringify(next));
    } catch {
      // A full or forbidden store costs the draft, not the work.
    }
  };
  return {
    fixes,
    put: (line: number, cells: string[]) => keep({ ...fixes, [line]: cells }),
    clear: () => keep({}),
  };
}
