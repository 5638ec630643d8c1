import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { cancelJob, isOpen, retryJob, useJob } from "../jobs/api";
import { JobFault, Progress } from "../jobs/Progress";
import { Outcome, useAct } from "../shared/acts";
import { useFormat } from "../shared/format";
import { Failure, Loading } from "../shared/states";
import type { Counts, ImportJob } from "./api";
import { RejectedRows } from "./RejectedRows";
import "./imports.css";

/** One import: how far it is, what came of it, and the rows that wait to be mended. */
export default function ImportPage() {
  const { t } = useTranslation();
  const { job: id = "" } = useParams();
  const found = useJob<ImportJob>(id, `/v1/imports/${id}`);
  return (
    <main className="content" id="content">
      <h1 className="question">{t("imports.one.question", { name: found.data?.about.file ?? "" })}</h1>
      {found.isPending && <Loading />}
      {found.isError && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data && <One key={found.data.id} job={found.data} />}
      <p className="row">
        <Link to="/imports">{t("imports.one.all")}</Link>
      </p>
    </main>
  );
}

function One({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const counts = countsOf(job);
  return (
    <>
      <p className="answer">
        <Told job={job} counts={counts} />
      </p>
      {isOpen(job) && <Progress job={job} />}
      {job.state === "failed" && (
        <div className="refusal">
          <JobFault job={job} />
        </div>
      )}
      {job.about.mends && (
        <p className="soft">
          <Link to={`/imports/${job.about.mends}`}>{t("imports.one.mends")}</Link>
        </p>
      )}
      {!isOpen(job) && counts && <Figures counts={counts} />}
      <Acts job={job} />
      {!isOpen(job) && (counts?.rejected ?? 0) > 0 && <RejectedRows job={job} />}
    </>
  );
}

function Told({ job, counts }: { job: ImportJob; counts: Counts | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (job.state === "queued") return t("imports.one.queued");
  if (job.state === "running") return t("imports.one.running");
  if (job.state === "cancelled") return t("imports.one.cancelled");
  const words = {
    events: format.whole(counts?.appended ?? 0),
    rows: format.whole(counts?.rejected ?? 0),
    known: format.whole(counts?.duplicates ?? 0),
  };
  if (job.state === "failed") return t("imports.one.failed", words);
  if (!counts) return t("jobs.state.succeeded");
  if (!counts.appended && counts.rejected && !counts.duplicates) return t("imports.one.nothing", words);
  if (!counts.appended && counts.duplicates) return t("imports.one.knownAlready", words);
  return t(counts.rejected ? "imports.one.some" : "imports.one.everything", words);
}

function Figures({ counts }: { counts: Counts }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <dl className="counts">
      {(["read", "appended", "duplicates", "rejected"] as const).map((name) => (
        <div key={name}>
          <dt>{t(`imports.count.${name}`)}</dt>
          <dd className="figures">{format.whole(counts[name])}</dd>
        </div>
      ))}
    </dl>
  );
}

function Acts({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const act = useAct();
  const run = (what: typeof cancelJob) =>
    act.run(async () => {
      await what(job.id);
      await queries.invalidateQueries({ queryKey: ["job"] });
      void queries.invalidateQueries({ queryKey: ["jobs"] });
      return null;
    });
  return (
    <>
      <p className="row">
        {isOpen(job) && !job.cancelling && (
          <button type="button" className="quiet" disabled={act.busy} onClick={() => void run(cancelJob)}>
            {t("imports.one.cancel")}
          </button>
        )}
        {job.retryable && (
          <button type="button" className="main" disabled={act.busy} onClick={() => void run(retryJob)}>
            {t("imports.one.retry")}
          </button>
        )}
        {!isOpen(job) && !job.about.mends && (
          <Link to={`/imports?upload=${job.about.upload}`}>{t("imports.one.again")}</Link>
        )}
      </p>
      <Outcome act={act} />
    </>
  );
}

/** The counts of an import: its result, or what its error says had been done until then. */
export function countsOf(job: ImportJob): Counts | null {
  if (job.result) return job.result;
  if (!job.error || typeof job.error.read !== "number") return null;
  const count = (name: string) => {
    const value = job.error?.[name];
    return typeof value === "number" ? value : 0;
  };
  return {
    read: count("read"),
    appended: count("appended"),
    duplicates: count("duplicates"),
    rejected: count("rejected"),
    seconds: count("seconds"),
    source: "",
  };
}
