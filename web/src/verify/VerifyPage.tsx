import { useEffect, useRef, useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../access/session";
import { EasyButton, LanguageButton } from "../app/frame/Tools";
import { useAppearance } from "../app/theme/Theme";
import { ReadAloud } from "../shared/ReadAloud";
import { DropReceipt } from "./DropReceipt";
import type { Listing } from "./engine/bundle";
import { Refusal } from "./engine/bytes";
import { checkReceipt } from "./engine/check";
import { type Found, receiptsIn, type Sort } from "./engine/files";
import { KeysUsed } from "./KeysUsed";
import { LinkPanel, usePointer } from "./LinkPanel";
import { Result } from "./Result";
import { useKeys } from "./useKeys";
import "../contacts/contacts.css";
import "./verify.css";

/** What somebody brought: receipts to check, or why there are none in it. */
export interface Brought {
  name: string | null;
  sort: Sort;
  found: Found[];
  listing: Listing | null;
  failed: Refusal | null;
}

async function open(name: string | null, read: () => Promise<Uint8Array>): Promise<Brought> {
  try {
    return { name, failed: null, ...(await receiptsIn(await read())) };
  } catch (error) {
    const failed = error instanceof Refusal ? error : new Refusal("unread");
    return { name, sort: "receipt", found: [], listing: null, failed };
  }
}

/** Checks receipts for everybody, signed in or not: the file is read here and goes nowhere. */
export default function VerifyPage() {
  const { t } = useTranslation();
  const { session } = useSession();
  const { easy } = useAppearance();
  const keys = useKeys();
  const pointer = usePointer();
  const [brought, setBrought] = useState<Brought | null>(null);
  const result = useRef<HTMLDivElement>(null);
  useEffect(() => {
    document.title = `${t("verify.question")} · ${t("app.name")}`;
  }, [t]);
  useEffect(() => {
    if (brought) result.current?.focus();
  }, [brought]);
  const take = async (name: string | null, read: () => Promise<Uint8Array>) => setBrought(await open(name, read));
  return (
    <div className="verify">
      <header className="sign-in-top">
        <Link to="/" className="mark">
          <span className="mark-zh" lang="zh-CN">
            贴心
          </span>
          <span className="mark-latin">Tiexin</span>
          <span className="unseen">{t("app.home")}</span>
        </Link>
        <nav className="controls" aria-label={t("app.places")}>
          <LanguageButton />
          <EasyButton />
          <Link className="icon" to={session.signed_in ? "/" : "/sign-in"}>
            {t(session.signed_in ? "verify.back" : "verify.enter")}
          </Link>
        </nav>
      </header>
      <main className="content verify-content" id="content">
        <h1 className="question">{t("verify.question")}</h1>
        {brought ? (
          <div ref={result} tabIndex={-1} className="verify-result">
            <Result
              key={`${brought.name}${keys.from}`}
              brought={brought}
              pointer={pointer instanceof Refusal ? null : pointer}
              verdicts={brought.found.map(({ raw }) => checkReceipt(raw, keys.trusted))}
            />
          </div>
        ) : (
          !pointer && <p className="answer">{t("verify.answer")}</p>
        )}
        {pointer && !brought && <LinkPanel pointer={pointer} trusted={keys.trusted} />}
        {easy && (
          <p className="row">
            <ReadAloud />
          </p>
        )}
        <DropReceipt take={take} again={brought !== null} />
        <KeysUsed keys={keys} />
        <How />
      </main>
    </div>
  );
}

/** The idea, in the words of somebody who explains it at a counter. */
function How() {
  const { t } = useTranslation();
  return (
    <section className="block-section" aria-labelledby="verify-how">
      <h2 id="verify-how">{t("verify.how.title")}</h2>
      <ol className="verify-list">
        {(["log", "sign", "receipt"] as const).map((part) => (
          <li key={part}>{t(`verify.how.${part}`)}</li>
        ))}
      </ol>
      <p className="soft measure-width">
        <Trans i18nKey="verify.how.offline" components={{ code: <code /> }} />
      </p>
    </section>
  );
}
