import { Button, Drawer } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../access/session";
import { filterNames, useAddress } from "../shared/address";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import { Empty, Failure, Loading } from "../shared/states";
import { useContacts } from "./api";
import { type Contact, type Definition, inLanguage } from "./types";

interface PanelProps {
  title: ReactNode;
  open: boolean;
  close: () => void;
  children: ReactNode;
}

/** The right-hand panel: details without losing the page. */
export function Panel({ title, open, close, children }: PanelProps) {
  const { t } = useTranslation();
  return (
    <Drawer
      title={title}
      open={open}
      onClose={close}
      placement="right"
      size={520}
      closable={{ "aria-label": t("shared.close"), placement: "end" }}
      destroyOnHidden
    >
      {children}
    </Drawer>
  );
}

export function DefinitionPanel({ definition, close }: { definition: Definition | undefined; close: () => void }) {
  const { t, i18n } = useTranslation();
  const say = (text: Definition["name"]) => inLanguage(text, i18n.language);
  return (
    <Panel title={definition ? say(definition.name) : ""} open={definition !== undefined} close={close}>
      {definition && (
        <dl className="facts">
          <dt>{t("shared.howCounted")}</dt>
          <dd>{say(definition.text)}</dd>
          <dt>{t("quality.intervalMethod")}</dt>
          <dd>{say(definition.interval)}</dd>
          <dt>{t("quality.better")}</dt>
          <dd>{t(`quality.betterIs.${definition.better}`)}</dd>
          <dt>{t("quality.source")}</dt>
          <dd>{definition.source}</dd>
          <dt className="unseen">{t("app.page.figures")}</dt>
          <dd>
            <Link to={`/figures#${definition.id}`}>{t("app.page.figures")}</Link>
          </dd>
        </dl>
      )}
    </Panel>
  );
}

interface ContactsProps {
  title: string;
  address: string | null;
  close: () => void;
}

export function ContactsPanel({ title, address, close }: ContactsProps) {
  const { t } = useTranslation();
  const contacts = useContacts(address);
  const rows = contacts.data?.pages.flatMap((page) => page.contacts) ?? [];
  return (
    <Panel title={title} open={address !== null} close={close}>
      <p className="soft">{t("quality.contactsNote")}</p>
      {address && <WholePage address={address} />}
      {contacts.isLoading && <Loading lines={8} />}
      {contacts.isError && <Failure error={contacts.error} retry={() => void contacts.refetch()} />}
      {contacts.isSuccess && rows.length === 0 && <Empty title={t("quality.noContacts")} />}
      <ol className="contacts">
        {rows.map((row) => (
          <ContactLine key={row.position} contact={row} />
        ))}
      </ol>
      {contacts.hasNextPage && (
        <Button loading={contacts.isFetchingNextPage} onClick={() => void contacts.fetchNextPage()}>
          {t("shared.more")}
        </Button>
      )}
    </Panel>
  );
}

/** The same contacts as a page of their own, with the filters that stand in the address now. */
function WholePage({ address }: { address: string }) {
  const { t } = useTranslation();
  const { has } = useSession();
  const { filters } = useAddress();
  const figure = new URL(address, window.location.origin).searchParams.get("figure");
  if (!figure || !has("record:read")) return null;
  const query = new URLSearchParams({ figure });
  for (const name of filterNames) if (filters[name]) query.set(name, filters[name] ?? "");
  return (
    <p>
      <Link to={`/contacts?${query}`}>{t("quality.contactsPage")}</Link>
    </p>
  );
}

function ContactLine({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const kind = contact.type.replace(/\.v\d+$/, "");
  const { has } = useSession();
  const mayOpen = has("record:read");
  const facts: [string, string | null][] = [
    [t("shared.case"), contact.case],
    [t("shared.org"), contact.org],
    [t("shared.product"), contact.product && name("member", contact.product)],
    [t("shared.segment"), contact.segment && name("member", contact.segment)],
  ];
  return (
    <li>
      <p>
        {mayOpen ? (
          <Link to={`/contacts/${contact.position}`}>{name("kind", kind)}</Link>
        ) : (
          <span className="strong">{name("kind", kind)}</span>
        )}
        {contact.channel && <span className="soft"> · {name("member", contact.channel)}</span>}
      </p>
      <p className="soft">
        {format.moment(new Date(contact.time_us / 1000))}
        {contact.subject && (
          <>
            {` · ${t("shared.subject")} `}
            {mayOpen ? (
              <Link to={`/subjects/${encodeURIComponent(contact.subject)}`}>{`${contact.subject.slice(0, 8)}…`}</Link>
            ) : (
              `${contact.subject.slice(0, 8)}…`
            )}
          </>
        )}
        {facts.map(([fact, value]) => value && <span key={fact}>{` · ${fact} ${value}`}</span>)}
      </p>
    </li>
  );
}
