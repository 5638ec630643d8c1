import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { useContact } from "./api";
import { ContactDetail } from "./ContactDetail";
import "./contacts.css";
import { useWords } from "./words";

/** One contact: when, by which way, what it was, and what stands around it. */
export default function ContactPage() {
  const { t } = useTranslation();
  const words = useWords();
  const position = Number(useParams().position);
  const known = Number.isSafeInteger(position) && position > 0;
  const one = useContact(known ? position : null).data?.contact;
  useEffect(() => {
    document.title = `${t("app.page.contact")} · ${t("app.name")}`;
  }, [t]);
  const values = one && {
    when: words.format.moment(new Date(one.time)),
    what: words.what(one),
    channel: one.channel ? words.channel(one.channel) : "",
  };
  return (
    <main className="content contact-page" id="content">
      <h1 className="question">{t("contacts.one.question")}</h1>
      <p className="answer">{values && t(values.channel ? "contacts.one.answerBy" : "contacts.one.answer", values)}</p>
      <p className="soft">
        <Link to="/contacts">{t("contacts.one.back")}</Link>
      </p>
      <ContactDetail position={known ? position : 0} />
    </main>
  );
}
