import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Failure, Loading } from "../shared/states";
import { ContactReceipt } from "../trust/receipts/ContactReceipt";
import { type Line, type OneContact, useContact } from "./api";
import { Personal } from "./Personal";
import { contactAddress, shortSubject, subjectAddress, useWords } from "./words";

/** Everything about one contact, for the panel beside the list and for its own page. */
export function ContactDetail({ position }: { position: number }) {
  const found = useContact(position);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading lines={8} />;
  return <Detail key={found.data.contact.position} one={found.data} />;
}

function Detail({ one }: { one: OneContact }) {
  const { t } = useTranslation();
  const words = useWords();
  const members = Object.entries(one.contact.data);
  return (
    <div className="contact-detail">
      <Envelope one={one} />
      <h2>{t("contacts.one.content")}</h2>
      {members.length === 0 ? (
        <p className="soft">{t("contacts.one.noContent")}</p>
      ) : (
        <dl className="pairs">
          {members.map(([member, value]) => (
            <div key={member}>
              <dt>{words.label(member)}</dt>
              <dd>{words.value(member, value)}</dd>
            </div>
          ))}
        </dl>
      )}
      <h2>{t("contacts.one.personal")}</h2>
      <Personal position={one.contact.position} personal={one.personal} />
      <ContactReceipt position={one.contact.position} ofCase={one.contact.case} />
      {one.of_case.length > 1 && (
        <>
          <h2>{t("contacts.one.ofCase")}</h2>
          <ol className="case-events">
            {one.of_case.map((line) => (
              <CaseLine key={line.position} line={line} here={line.position === one.contact.position} />
            ))}
          </ol>
        </>
      )}
      <Neighbours one={one} />
      <Meaning one={one} />
    </div>
  );
}

function Envelope({ one: { contact } }: { one: OneContact }) {
  const { t } = useTranslation();
  const words = useWords();
  const member = (value: string | null) => value && words.name("member", value);
  const rows: [string, React.ReactNode][] = [
    ["kind", words.kind(contact.kind)],
    ["channel", contact.channel && words.channel(contact.channel)],
    [
      "subject",
      contact.subject && (
        <Link to={subjectAddress(contact.subject)} title={contact.subject}>
          {contact.subject}
        </Link>
      ),
    ],
    ["case", contact.case && <Link to={`/contacts?case=${encodeURIComponent(contact.case)}`}>{contact.case}</Link>],
    ["journey", contact.journey && words.name("journey", contact.journey)],
    ["step", contact.step && words.name("step", contact.step)],
    ["org", words.unit(contact)],
    ["actor", contact.actor],
    ["product", member(contact.product)],
    ["segment", member(contact.segment)],
    ["team", contact.team && words.code(contact.team)],
  ];
  return (
    <dl className="pairs">
      {rows.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{t(`contacts.one.${name}`)}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function CaseLine({ line, here }: { line: Line; here: boolean }) {
  const words = useWords();
  const what = words.what(line);
  return (
    <li aria-current={here ? "true" : undefined}>
      {here ? <strong>{what}</strong> : <Link to={contactAddress(line.position)}>{what}</Link>}
      <time dateTime={line.time} className="soft">
        {words.format.moment(new Date(line.time))}
      </time>
    </li>
  );
}

function Neighbours({ one }: { one: OneContact }) {
  const { t } = useTranslation();
  const words = useWords();
  const link = (line: Line | null, text: string) =>
    line && (
      <p>
        <span className="soft">{text}</span>{" "}
        <Link to={contactAddress(line.position)}>
          {words.what(line)}, {words.format.moment(new Date(line.time))}
        </Link>
      </p>
    );
  return (
    <div className="neighbours">
      {link(one.earlier, t("contacts.one.earlier"))}
      {link(one.later, t("contacts.one.later"))}
      {one.contact.subject && (
        <p>
          <Link to={subjectAddress(one.contact.subject)}>
            {t("contacts.one.course")} ({shortSubject(one.contact.subject)})
          </Link>
        </p>
      )}
    </div>
  );
}

function Meaning({ one: { contact, definition } }: { one: OneContact }) {
  const { t } = useTranslation();
  const words = useWords();
  const rows: [string, string][] = [
    ["position", String(contact.position)],
    ["recorded", words.format.moment(new Date(contact.recorded))],
    ["type", contact.type],
    ["id", contact.id],
    ["source", contact.source],
  ];
  return (
    <>
      {definition.about && (
        <details className="definition">
          <summary>{t("contacts.one.meaning")}</summary>
          <div lang="en">{definition.about}</div>
        </details>
      )}
      <details className="definition">
        <summary>{t("contacts.one.technical")}</summary>
        <dl className="pairs">
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{t(`contacts.one.${name}`)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}
