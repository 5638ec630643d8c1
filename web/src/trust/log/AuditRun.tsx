import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../access/session";
import { isOpen, useJob } from "../../jobs/api";
import { JobFault, Progress } from "../../jobs/Progress";
import { Outcome, useAct } from "../../shared/acts";
import { DataTable } from "../../shared/DataTable";
import { useFormat } from "../../shared/format";
import { Failure } from "../../shared/states";
import { type Audit, type Fault, startAudit, trustKey } from "./api";

const SHOWN = 100;

/** The last comparison of record and log, what it found, and the way to run another. */
export function AuditRun({ audit }: { audit: Audit | null }) {
  const { t } = useTranslation();
  const { has } = useSession();
  const format = useFormat();
  const [job, setJob] = useState<string | null>(null);
  const act = useAct();
  const values = audit && {
    moment: format.moment(new Date(audit.time)),
    size: format.whole(audit.entries),
    duration: format.duration(audit.seconds),
  };
  const run = () =>
    act.run(async () => {
      setJob((await startAudit()).id);
      return null;
    });
  return (
    <section className="section" aria-labelledby="log-audit">
      <header className="section-head">
        <div>
          <h2 id="log-audit">{t("trustLog.audit.title")}</h2>
          <p className="soft measure-width">{t("trustLog.audit.what")}</p>
        </div>
        {has("trust:audit") && (
          <button type="button" className="quiet" disabled={act.busy} onClick={() => void run()}>
            {t("trustLog.audit.run")}
          </button>
        )}
      </header>
      <Outcome act={act} />
      {job && <Running id={job} />}
      {!values && <p>{t("trustLog.audit.never")}</p>}
      {values && audit?.ok && (
        <p>
          <span className="log-mark good" aria-hidden="true">
            ✓
          </span>{" "}
          {t("trustLog.audit.good", values)}
        </p>
      )}
      {values && audit && !audit.ok && (
        <>
          <p className="refusal">{t("trustLog.audit.bad", { ...values, count: audit.faults_total })}</p>
          <Faults faults={audit.faults} total={audit.faults_total} />
        </>
      )}
    </section>
  );
}

/** An audit on its way; when it ends, the state of the page is asked for anew. */
function Running({ id }: { id: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const job = useJob(id);
  const ended = job.data ? !isOpen(job.data) : false;
  useEffect(() => {
    if (ended) void queries.invalidateQueries({ queryKey: trustKey });
  }, [ended, queries]);
  if (job.isError) return <Failure error={job.error} retry={() => void job.refetch()} />;
  if (!job.data) return null;
  if (!ended) return <Progress job={job.data} />;
  if (job.data.state === "succeeded") return <p className="done">{t("trustLog.audit.done")}</p>;
  return (
    <div className="refusal">
      <JobFault job={job.data} />
    </div>
  );
}

function Faults({ faults, total }: { faults: Fault[]; total: number }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const kindOf = (kind: string) => (i18n.exists(`trustLog.fault.${kind}`) ? t(`trustLog.fault.${kind}`) : kind);
  return (
    <>
      <DataTable
        caption={t("trustLog.audit.title")}
        rows={faults.slice(0, SHOWN)}
        rowKey={(one) => `${one.kind}${one.event}${one.index}`}
        columns={[
          { key: "kind", title: t("trustLog.audit.found"), cell: (one) => kindOf(one.kind) },
          {
            key: "index",
            title: t("trustLog.audit.place"),
            number: true,
            cell: (one) => (one.index === null ? "–" : format.whole(one.index + 1)),
          },
          { key: "event", title: t("trustLog.audit.event"), cell: (one) => one.event ?? "–" },
          { key: "detail", title: t("trustLog.audit.detail"), wide: true, cell: (one) => one.detail ?? "" },
        ]}
      />
      {total > SHOWN && (
        <p className="soft">{t("trustLog.audit.more", { shown: Math.min(SHOWN, faults.length), count: total })}</p>
      )}
      <p className="measure-width log-next">{t("trustLog.audit.next")}</p>
    </>
  );
}
