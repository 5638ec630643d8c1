import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useNavigate, useSearchParams } from "react-router";
import { LanguageButton } from "../app/frame/Tools";
import { OwnPassword } from "./OwnPassword";
import { PasswordForm } from "./PasswordForm";
import { passkeysPossible, signInWithPasskey } from "./passkeys";
import { type Session, useSession } from "./session";

/** Where to go after signing in: only ever an address of this console. */
export function nextOf(params: URLSearchParams): string {
  const next = params.get("next") ?? "/";
  const inside = URL.canParse(next, window.location.origin) && new URL(next, window.location.origin).origin;
  return inside === window.location.origin && next.startsWith("/") && !next.startsWith("/sign-in") ? next : "/";
}

/** Sign in with a password, a passkey or the institution's own account; the first time, choose one's own password. */
export default function SignInPage() {
  const { t } = useTranslation();
  const { session, refresh } = useSession();
  const [params] = useSearchParams();
  const go = useNavigate();
  const choosing = session.signed_in && session.user?.must_change_password === true;
  const title = t(choosing ? "access.titleNew" : "access.title");
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title, t]);
  if (session.signed_in && !choosing) return <Navigate to={nextOf(params)} replace />;

  const entered = async () => {
    const now = await refresh();
    if (now.signed_in && !now.user?.must_change_password) await go(nextOf(params), { replace: true });
  };
  return (
    <div className="sign-in">
      <header className="sign-in-top">
        <span className="mark">
          <span className="mark-zh" lang="zh-CN">
            贴心
          </span>
          <span className="mark-latin">Tiexin</span>
        </span>
        <LanguageButton />
      </header>
      <main id="content">
        <h1>{title}</h1>
        {choosing ? (
          <>
            <p className="soft">{t("access.own.why")}</p>
            <OwnPassword oneTime changed={entered} />
          </>
        ) : (
          <Ways session={session} entered={entered} aimed={params.has("next")} />
        )}
      </main>
      <footer className="soft">
        {!choosing && (
          <>
            <p>{t("access.firstTime")}</p>
            <p>
              <Link to="/verify">{t("verify.fromSignIn")}</Link>
            </p>
          </>
        )}
      </footer>
    </div>
  );
}

interface WaysProps {
  session: Session;
  entered: () => Promise<void>;
  /** Somebody was on the way to a page. */
  aimed: boolean;
}

function Ways({ session, entered, aimed }: WaysProps) {
  const { t } = useTranslation();
  const { methods } = session;
  const passkey = methods.passkey && passkeysPossible();
  return (
    <>
      {aimed && <p className="soft">{t("access.back")}</p>}
      {methods.password && <PasswordForm entered={entered} />}
      {(passkey || methods.oidc.length > 0) && (
        <div className="other-ways">
          <p className="soft">{t("access.or")}</p>
          {passkey && <PasskeyWay entered={entered} />}
          {methods.oidc.map((provider) => (
            <a key={provider.id} className="quiet" href={`/v1/session/oidc/${encodeURIComponent(provider.id)}/start`}>
              {t("access.oidc", { name: provider.name })}
            </a>
          ))}
        </div>
      )}
      <p className="soft row">{t("access.forgot")}</p>
    </>
  );
}

function PasskeyWay({ entered }: { entered: () => Promise<void> }) {
  const { t } = useTranslation();
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState(false);
  const enter = async () => {
    setBusy(true);
    setFailed(false);
    try {
      await signInWithPasskey();
      await entered();
    } catch {
      setFailed(true);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" className="quiet" disabled={busy} onClick={() => void enter()}>
        {t("access.passkey")}
      </button>
      <div role="alert">{failed && <p className="refusal">{t("access.passkeyFailed")}</p>}</div>
    </>
  );
}
