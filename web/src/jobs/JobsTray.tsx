import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { inLanguage, useSession } from "../access/session";
import { useFormat } from "../shared/format";
import { isOpen, type Job, shareOf, useJobs } from "./api";
import { Progress } from "./Progress";
import "./jobs.css";

/** Work that runs, in the top bar: how many and how far; opened, each with its progress. Not there while nothing runs. */
export function JobsTray() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { has } = useSession();
  const jobs = useJobs(has("imports:run") || has("figures:read"));
  const open = (jobs.data?.jobs ?? []).filter(isOpen);
  if (!open.length) return null;
  const shares = open.map(shareOf).filter((share) => share !== null);
  const mean = shares.length ? shares.reduce((sum, share) => sum + share, 0) / open.length : null;
  return (
    <details className="jobs-tray">
      <summary className="icon">
        <span className="figures">
          <span className="tray-words">{t("jobs.tray", { count: open.length })}</span>
          {mean === null ? "" : ` · ${format.share(mean, 0)}`}
        </span>
      </summary>
      <ul>
        {open.map((job) => (
          <li key={job.id}>
            <p className="strong">
              <JobLink job={job}>{inLanguage(job.title, i18n.language)}</JobLink>
            </p>
            <Progress job={job} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function JobLink({ job, children }: { job: Job; children: React.ReactNode }) {
  return job.kind === "import" ? <Link to={`/imports/${job.id}`}>{children}</Link> : children;
}
