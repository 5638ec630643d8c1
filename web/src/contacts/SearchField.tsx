import { Button } from "antd";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useSession } from "../access/session";
import { Reason } from "../shared/acts";
import { Icon } from "../shared/Icon";
import { useHotkey } from "../shared/keys";
import { usePersonSearch } from "./api";
import { hidden, looksPersonal, maybeName } from "./person";
import { subjectAddress } from "./words";

interface Props {
  params: URLSearchParams;
  change: (changes: Record<string, string | null>) => void;
}

/** The field that finds contacts; what names a person never goes into the address. */
export function SearchField({ params, change }: Props) {
  const { t } = useTranslation();
  const asked = params.get("q") ?? "";
  const [text, setText] = useState(asked);
  const [person, setPerson] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useHotkey("/", () => field.current?.focus());
  useEffect(() => {
    setText(looksPersonal(asked) ? "" : asked);
    // An address that has just been rid of a number leaves the offer to search for it standing.
    if (asked) setPerson(maybeName(asked) ? asked : null);
  }, [asked]);

  // The search at the top of every page leads here too; a number of a person is taken out of the address at once.
  useEffect(() => {
    if (!looksPersonal(asked)) return;
    setPerson(asked.trim());
    change({ q: null });
  }, [asked, change]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const plain = text.trim();
    if (looksPersonal(plain)) setPerson(plain);
    else change({ q: plain || null, open: null });
  };
  return (
    <>
      <form className="contacts-search" onSubmit={submit}>
        <Icon name="search" />
        <input
          ref={field}
          type="text"
          value={text}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          aria-label={t("contacts.field")}
          aria-keyshortcuts="/"
          placeholder={t("contacts.fieldHint")}
          onChange={(event) => setText(event.target.value)}
        />
        {text && (
          <Button
            type="text"
            onClick={() => {
              setText("");
              setPerson(null);
              change({ q: null, open: null });
            }}
          >
            {t("contacts.clear")}
          </Button>
        )}
        <button type="submit" className="main">
          {t("contacts.find")}
        </button>
      </form>
      {person !== null && <PersonOffer key={person} text={person} />}
    </>
  );
}

/** Offers to search by what names a person, to those who may. */
function PersonOffer({ text }: { text: string }) {
  const { t } = useTranslation();
  const { has } = useSession();
  const go = useNavigate();
  const search = usePersonSearch();
  const find = async () => {
    const found = await search.mutateAsync(text).catch(() => null);
    const [only, ...others] = found?.subjects ?? [];
    if (only && others.length === 0) void go(subjectAddress(only));
  };
  return (
    <div className="note person-offer" role="status">
      <p className="strong">{t("contacts.person.offer", { hidden: hidden(text) })}</p>
      <p className="soft">{t(has("record:personal") ? "contacts.person.why" : "contacts.person.no")}</p>
      {has("record:personal") && (
        <Button size="small" loading={search.isPending} onClick={() => void find()}>
          {t("contacts.person.find")}
        </Button>
      )}
      {search.isError && <Reason error={search.error} />}
      {search.data?.subjects.length === 0 && <p>{t("contacts.person.none")}</p>}
      {search.data && search.data.subjects.length > 1 && (
        <>
          <p>{t("contacts.person.several", { count: search.data.subjects.length })}</p>
          <ul>
            {search.data.subjects.map((subject) => (
              <li key={subject}>
                <Link to={subjectAddress(subject)}>{subject}</Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
