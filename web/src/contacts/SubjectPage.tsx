import { Button } from "antd";
import { useEffect, useMemo } from "react";
import { Trans, useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useSession } from "../access/session";
import { useAddress } from "../shared/address";
import { ExportMenu } from "../shared/exporting/ExportMenu";
import { exportAddress, hereAddress } from "../shared/exporting/exporting";
import { Empty, Failure, Loading } from "../shared/states";
import { type Subject, useSubject, useTimeline } from "./api";
import "./contacts.css";
import "./subject.css";
import { SubjectHead } from "./SubjectHead";
import { Timeline } from "./Timeline";
import { useWords } from "./words";

/** What has happened between this customer and us? Every contact on one calm line, newest first. */
export default function SubjectPage() {
  const { t } = useTranslation();
  const subject = useParams().subject ?? "";
  const head = useSubject(subject);
  useEffect(() => {
    document.title = `${t("app.page.subject")} · ${t("app.name")}`;
  }, [t]);
  return (
    <main className="content subject-page" id="content">
      <h1 className="question">{t("contacts.subject.question")}</h1>
      {head.isError && <Failure error={head.error} retry={() => void head.refetch()} />}
      {head.isLoading && <Loading lines={6} height={200} />}
      {head.data && (
        <>
          <Answer head={head.data} />
          <SubjectHead head={head.data} />
          <Course subject={subject} head={head.data} />
        </>
      )}
    </main>
  );
}

function Answer({ head }: { head: Subject }) {
  const { t } = useTranslation();
  const { format } = useWords();
  const open = head.complaints.filter((one) => one.answered === null).length;
  const complaints =
    head.complaints.length === 0
      ? t("contacts.subject.noComplaint")
      : open > 0
        ? t("contacts.subject.openComplaints", { count: open })
        : t("contacts.subject.answeredComplaints", { count: head.complaints.length });
  const values = { from: format.day(new Date(head.first)), count: format.whole(head.n), complaints };
  return (
    <p className="answer">
      <Trans t={t} i18nKey="contacts.subject.answer" values={values} components={{ em: <em /> }} />
      <span className="answer-sure">
        {t("contacts.subject.last", { when: format.moment(new Date(head.last)) })} ·{" "}
        {t("contacts.subject.pseudonym", { subject: head.subject })}
      </span>
    </p>
  );
}

/** The line of contacts, narrowed down by channel, kind or case. */
function Course({ subject, head }: { subject: string; head: Subject }) {
  const { t } = useTranslation();
  const { params, change } = useAddress();
  const words = useWords();
  const asked = ["channel", "kind", "case"].map((name) => `${name}=${params.get(name) ?? ""}`).join("&");
  const wanted = useMemo(() => {
    const given = new URLSearchParams(asked);
    return new URLSearchParams([...given].filter(([, value]) => value !== ""));
  }, [asked]);
  const timeline = useTimeline(subject, wanted);
  const lines = useMemo(() => timeline.data?.pages.flatMap((page) => page.contacts) ?? [], [timeline.data]);
  const chosen = params.get("case");
  return (
    <section className="section" aria-labelledby="course-title">
      <header className="section-head">
        <h2 id="course-title">{t("contacts.subject.course")}</h2>
        <Tools subject={subject} wanted={wanted} />
      </header>
      <Choices
        name="channel"
        label={t("contacts.facet.channel")}
        members={head.channels.map((one) => ({ key: one.key, n: one.n, text: words.channel(one.key ?? "") }))}
      />
      <Choices
        name="kind"
        label={t("contacts.facet.type")}
        members={head.kinds.map((one) => ({ key: one.key, n: one.n, text: words.kind(one.key ?? "") }))}
      />
      {chosen && (
        <p>
          <strong>{t("contacts.subject.onlyCase", { case: chosen })}</strong>{" "}
          <Button type="link" size="small" onClick={() => change({ case: null })}>
            {t("contacts.subject.allCases")}
          </Button>
        </p>
      )}
      {timeline.isError && <Failure error={timeline.error} retry={() => void timeline.refetch()} />}
      {timeline.isLoading && <Loading lines={10} />}
      {timeline.isSuccess && lines.length === 0 && <Empty title={t("contacts.subject.nothing")} />}
      <Timeline lines={lines} />
      {timeline.hasNextPage && (
        <Button loading={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>
          {t("contacts.subject.more")}
        </Button>
      )}
    </section>
  );
}

function Tools({ subject, wanted }: { subject: string; wanted: URLSearchParams }) {
  const { t, i18n } = useTranslation();
  const { has } = useSession();
  const file = (format: "csv" | "xlsx") => {
    const query = new URLSearchParams(wanted);
    query.set("subject", subject);
    query.set("format", format);
    query.set("language", i18n.language === "zh-CN" ? "zh-CN" : "en");
    query.set("address", hereAddress());
    return exportAddress(`/v1/contacts/export?${query}`, `tiexin-contacts.${format}`);
  };
  return (
    <div className="figure-tools">
      <Button size="small" type="text" onClick={() => window.print()}>
        {t("contacts.subject.print")}
      </Button>
      {has("export") && <ExportMenu name="subject" title={t("contacts.subject.course")} file={file} />}
    </div>
  );
}

interface ChoicesProps {
  name: "channel" | "kind";
  label: string;
  members: { key: string | null; n: number; text: string }[];
}

function Choices({ name, label, members }: ChoicesProps) {
  const { params, change } = useAddress();
  const words = useWords();
  const chosen = params.get(name);
  const stated = members.filter((one) => one.key);
  if (stated.length < 2) return null;
  return (
    <fieldset className="narrowing">
      <legend className="soft">{label}</legend>
      {stated.map((one) => (
        <button
          key={one.key}
          type="button"
          aria-pressed={chosen === one.key}
          onClick={() => change({ [name]: chosen === one.key ? null : one.key })}
        >
          {one.text} <span className="soft">{words.format.whole(one.n)}</span>
        </button>
      ))}
    </fieldset>
  );
}
