import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { inLanguage, useSession } from "../access/session";
import { ask } from "../api/client";
import { useAppearance } from "../app/theme/Theme";
import { useHouse } from "../settings/house";
import { useFormat } from "../shared/format";
import { Icon } from "../shared/Icon";
import { useNames } from "../shared/names";
import { ReadAloud } from "../shared/ReadAloud";
import { Failure, Loading } from "../shared/states";
import { OwnReceipts } from "../trust/receipts/OwnReceipts";

interface OwnContact {
  time: string;
  kind: string;
  channel: string | null;
  product: string | null;
  step: string | null;
  case: string | null;
  answered: string | null;
}

interface Own {
  contacts: OwnContact[];
  total: number;
  complaints_waiting: number;
}

const FIRST = 5;

/** A customer's own page: what happened, how to complain, whom to call; at most four things to choose from. */
export default function MinePage() {
  const { t } = useTranslation();
  const { session } = useSession();
  const { easy } = useAppearance();
  const house = useHouse();
  const own = useQuery({ queryKey: ["mine"], queryFn: ({ signal }) => ask<Own>("/v1/mine", { signal }) });
  const phone = house.data?.help_phone;
  return (
    <main className="content easy-page" id="content">
      <h1 className="question">{t("mine.question", { name: session.user?.display_name })}</h1>
      {own.isError && <Failure error={own.error} retry={() => void own.refetch()} />}
      {own.isLoading && <Loading lines={6} height={360} />}
      {own.data && <Told own={own.data} />}
      <OwnReceipts />
      <section className="block-section" aria-labelledby="complain">
        <h2 id="complain">{t("mine.complain.title")}</h2>
        <Complain />
      </section>
      <div className="easy-choices">
        {!easy && <ReadAloud />}
        {!easy && phone && (
          <a className="big" href={`tel:${phone.replace(/[^\d+]/g, "")}`}>
            <Icon name="phone" />
            <span>{t("app.help.call", { phone })}</span>
          </a>
        )}
        <Link className="big" to="/account">
          <Icon name="person" />
          <span>{t("app.page.account")}</span>
        </Link>
      </div>
    </main>
  );
}

function Told({ own }: { own: Own }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const shown = all ? own.contacts : own.contacts.slice(0, FIRST);
  const waiting = own.complaints_waiting;
  return (
    <>
      <p className="answer">
        {own.total === 0 ? t("mine.nothing") : t("mine.answer", { count: own.total })}{" "}
        {own.total > 0 && (waiting > 0 ? t("mine.waiting", { count: waiting }) : t("mine.noneWaiting"))}
      </p>
      <ol className="own-contacts">
        {shown.map((contact) => (
          <Line key={`${contact.time}${contact.kind}${contact.case}`} contact={contact} />
        ))}
      </ol>
      {own.contacts.length > FIRST && !all && (
        <p className="row">
          <button type="button" className="big" onClick={() => setAll(true)}>
            {t("mine.earlier")}
          </button>
        </p>
      )}
    </>
  );
}

/** One contact as a person would tell it. */
function Line({ contact }: { contact: OwnContact }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const kind = contact.kind.replace(/\.v\d+$/, "");
  const key = `mine.kind.${kind.replace(".", "_")}`;
  const told = i18n.exists(key) ? t(key) : t("mine.kind.other");
  return (
    <li>
      <p className="soft">{format.day(new Date(contact.time))}</p>
      <p>
        {contact.step ? t("mine.step", { step: name("step", contact.step) }) : told}
        {contact.product && t("mine.about", { product: name("member", contact.product) })}
      </p>
      {kind === "complaint.received" && (
        <p className="soft">
          {contact.answered
            ? t("mine.answered", { day: format.day(new Date(contact.answered)) })
            : t("mine.notAnswered")}
        </p>
      )}
    </li>
  );
}

function Complain() {
  const { t, i18n } = useTranslation();
  const house = useHouse().data;
  const own = house && inLanguage({ zh: house.complain_zh, en: house.complain_en }, i18n.language);
  return (
    <>
      <p className="measure-width">{own || t("mine.complain.usual")}</p>
      <p className="measure-width">{t("mine.complain.rights")}</p>
    </>
  );
}
