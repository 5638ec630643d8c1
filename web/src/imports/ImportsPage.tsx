import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { inLanguage } from "../access/session";
import { isOpen } from "../jobs/api";
import { Progress, StateWord } from "../jobs/Progress";
import { useAddress } from "../shared/address";
import { type Column, DataTable } from "../shared/DataTable";
import { useFormat } from "../shared/format";
import { Failure, Loading } from "../shared/states";
import { type ImportJob, useImports } from "./api";
import { DropZone } from "./DropZone";
import { Prepare } from "./Prepare";
import { Waiting } from "./Waiting";
import "./imports.css";

/** What came in, what is on its way, and a place to put the next file; with a file chosen, how it is to be read. */
export default function ImportsPage() {
  const { t } = useTranslation();
  const { params, change } = useAddress();
  const upload = params.get("upload");
  return (
    <main className="content" id="content">
      <h1 className="question">{t("imports.question")}</h1>
      {upload ? <Prepare key={upload} id={upload} leave={() => change({ upload: null })} /> : <Overview />}
    </main>
  );
}

function Overview() {
  const { t } = useTranslation();
  const { change } = useAddress();
  const imports = useImports();
  return (
    <>
      <Answer found={imports.data} failed={imports.isError} />
      <DropZone sent={(upload) => change({ upload: upload.id })} empty={imports.data?.imports.length === 0} />
      <Waiting />
      {imports.isPending && <Loading />}
      {imports.isError && <Failure error={imports.error} retry={() => void imports.refetch()} />}
      {imports.data && imports.data.imports.length > 0 && (
        <section className="block-section">
          <h2>{t("imports.list.title")}</h2>
          <List jobs={imports.data.imports} />
        </section>
      )}
    </>
  );
}

function Answer({ found, failed }: { found: ReturnType<typeof useImports>["data"]; failed: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (failed) return <p className="answer">{t("imports.answer.unknown")}</p>;
  if (!found) return <p className="answer">{t("imports.answer.looking")}</p>;
  const running = found.imports.filter(isOpen).length;
  const { files, appended, rejected } = found.today;
  const words = { count: files, events: format.whole(appended), rows: format.whole(rejected) };
  return (
    <p className="answer">
      {!found.imports.length && t("imports.answer.never")}
      {files > 0 && t("imports.answer.today", words)}
      {found.imports.length > 0 && !files && !running && t("imports.answer.none")}
      {files > 0 && rejected > 0 && ` ${t("imports.answer.rejected", words)}`}
      {running > 0 && ` ${t(`imports.answer.${files ? "more" : "running"}`, { count: running })}`}
    </p>
  );
}

function List({ jobs }: { jobs: ImportJob[] }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const count = (job: ImportJob, name: "appended" | "rejected") => {
    const value = job.result?.[name] ?? job.error?.[name];
    return typeof value === "number" ? format.whole(value) : "–";
  };
  const columns: Column<ImportJob>[] = [
    {
      key: "file",
      title: t("imports.list.file"),
      cell: (job) => <Link to={`/imports/${job.id}`}>{inLanguage(job.title, i18n.language)}</Link>,
    },
    {
      key: "state",
      title: t("imports.list.state"),
      width: "26%",
      cell: (job) => (isOpen(job) ? <Progress job={job} /> : <StateWord job={job} />),
    },
    { key: "appended", title: t("imports.list.appended"), number: true, cell: (job) => count(job, "appended") },
    { key: "rejected", title: t("imports.list.rejected"), number: true, cell: (job) => count(job, "rejected") },
    {
      key: "when",
      title: t("imports.list.when"),
      wide: true,
      cell: (job) => format.moment(new Date(job.finished ?? job.created)),
    },
  ];
  return <DataTable caption={t("imports.list.title")} columns={columns} rows={jobs} rowKey={(job) => job.id} />;
}
