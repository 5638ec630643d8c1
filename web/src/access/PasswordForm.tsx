import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, ask } from "../api/client";
import { Refusal, refusalOf, type SignInRefusal } from "./Refusal";
import type { Session } from "./session";

interface Props {
  /** The name already known, when somebody signs in again. */
  name?: string;
  entered: (session: Session) => void | Promise<void>;
}

/** Name and password; a refusal says what to do and never whether the name exists. */
export function PasswordForm({ name, entered }: Props) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<SignInRefusal | null>(null);
  const [seen, setSeen] = useState(false);
  const id = useId();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    setBusy(true);
    setRefusal(null);
    try {
      const json = { name: String(given.get("name")).trim(), password: String(given.get("password")) };
      await entered(await ask<Session>("/v1/session", { method: "POST", json }));
    } catch (error) {
      setRefusal(refusalOf(error));
      if (error instanceof ApiError && error.status === 401)
        form.querySelector<HTMLElement>(`[name=password]`)?.focus();
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="form" onSubmit={submit}>
      <label htmlFor={`${id}-name`}>{t("access.name")}</label>
      <input
        id={`${id}-name`}
        name="name"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={200}
        defaultValue={name}
      />
      <label htmlFor={`${id}-password`}>{t("access.password")}</label>
      <div className="with-button">
        <input
          id={`${id}-password`}
          name="password"
          type={seen ? "text" : "password"}
          autoComplete="current-password"
          required
          maxLength={1024}
          aria-describedby={refusal ? `${id}-refusal` : undefined}
        />
        <button type="button" className="quiet" aria-pressed={seen} onClick={() => setSeen(!seen)}>
          {t(seen ? "access.hide" : "access.show")}
        </button>
      </div>
      <Refusal id={`${id}-refusal`} refusal={refusal} over={() => setRefusal(null)} />
      <button type="submit" className="main" disabled={busy || refusal?.kind === "locked"}>
        {t(busy ? "access.entering" : "access.enter")}
      </button>
    </form>
  );
}
