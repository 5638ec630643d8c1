import { useTranslation } from "react-i18next";
import { inLanguage } from "../access/session";
import { useFormat } from "../shared/format";
import { type Job, shareOf } from "./api";
import "./jobs.css";

/** How far a job is: a bar with its words; without a known end the words alone. */
export function Progress({ job }: { job: Job }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const share = shareOf(job);
  const words = job.cancelling ? t("jobs.cancelling") : inLanguage(job.what, i18n.language);
  return (
    <div className="job-progress">
      <progress
        aria-label={inLanguage(job.title, i18n.language)}
        max={1}
        value={share ?? (job.state === "queued" ? 0 : undefined)}
      />
      <span className="soft figures">
        {share !== null && job.state === "running" ? `${format.share(share, 0)} · ${words}` : words}
      </span>
    </div>
  );
}

/** The state of a job in one word, with a mark that is not colour alone. */
export function StateWord({ job }: { job: Pick<Job, "state"> }) {
  const { t } = useTranslation();
  const mark = { queued: "○", running: "◔", succeeded: "●", failed: "✕", cancelled: "–" }[job.state];
  return (
    <span className={`job-state ${job.state}`}>
      <span aria-hidden="true">{mark}</span> {t(`jobs.state.${job.state}`)}
    </span>
  );
}

/** Why a job failed and what to do: in the reader's language where the code is known, the server's words below. */
export function JobFault({ job }: { job: Job }) {
  const { t, i18n } = useTranslation();
  if (!job.error) return null;
  const key = `jobs.fault.${job.error.code}`;
  return (
    <>
      <p>{i18n.exists(key) ? t(key) : t("jobs.fault.other")}</p>
      {job.error.code !== "job_cancelled" && (
        <p className="soft" lang="en">
          {job.error.detail}
        </p>
      )}
    </>
  );
}
