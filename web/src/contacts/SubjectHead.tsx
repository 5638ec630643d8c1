import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { inLanguage } from "../access/session";
import type { Subject } from "./api";
import { Feeling } from "./Feeling";
import { contactAddress, useWords } from "./words";

/** Who the customer is to us, the complaints as they stand, the latest ratings. */
export function SubjectHead({ head }: { head: Subject }) {
  const { t, i18n } = useTranslation();
  const words = useWords();
  const member = (key: string) => words.name("member", key);
  const rows: [string, string][] = [
    [t("contacts.facet.segment"), head.segment ? member(head.segment) : ""],
    [t("contacts.subject.products"), words.format.list(head.products.map(member))],
    [t("contacts.facet.org"), head.org_name ? inLanguage(head.org_name, i18n.language) : (head.org ?? "")],
  ];
  return (
    <div className="subject-head">
      <dl className="pairs">
        {rows.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {head.scores.length > 0 && (
        <section aria-label={t("contacts.subject.scores")}>
          <h2>{t("contacts.subject.scores")}</h2>
          <ul>
            {head.scores.map((one) => (
              <li key={one.metric}>
                <Feeling metric={one.metric} score={one.score} low={one.scale_min} high={one.scale_max} />{" "}
                <Link to={contactAddress(one.position)} className="soft">
                  {words.format.day(new Date(one.time))}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {head.complaints.length > 0 && <Complaints complaints={head.complaints} />}
    </div>
  );
}

function Complaints({ complaints }: { complaints: Subject["complaints"] }) {
  const { t } = useTranslation();
  const words = useWords();
  const day = (text: string) => words.format.day(new Date(text));
  return (
    <section aria-label={t("contacts.subject.complaints")}>
      <h2>{t("contacts.subject.complaints")}</h2>
      <ul>
        {complaints.map((one) => (
          <li key={one.position}>
            <Link to={contactAddress(one.position)}>
              {one.topic ? words.value("topic", one.topic) : t("contacts.subject.complaints")}, {day(one.received)}
            </Link>
            <span className="soft">
              {" · "}
              {one.answered ? t("contacts.subject.answeredOn", { day: day(one.answered) }) : t("contacts.subject.open")}
              {!one.answered && one.due_at && ` · ${t("contacts.subject.due", { day: day(one.due_at) })}`}
              {one.answered &&
                one.timely !== null &&
                ` · ${t(one.timely ? "contacts.subject.timely" : "contacts.subject.late")}`}
              {one.disputed && ` · ${t("contacts.subject.disputed")}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
