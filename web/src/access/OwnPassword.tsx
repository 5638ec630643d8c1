import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { ask } from "../api/client";
import { Refusal, refusalOf, type SignInRefusal } from "./Refusal";

interface Props {
  /** The present password is a one-time password. */
  oneTime?: boolean;
  changed: () => void | Promise<void>;
}

/** Choose a password of one's own; what was typed stays until it is kept. */
export function OwnPassword({ oneTime = false, changed }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [unlike, setUnlike] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<SignInRefusal | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const same = given.get("new") === given.get("twice");
    setUnlike(!same);
    if (!same) return;
    setBusy(true);
    setRefusal(null);
    try {
      const json = { current: String(given.get("current")), new: String(given.get("new")) };
      await ask("/v1/session/password", { method: "POST", json });
      form.reset();
      await changed();
    } catch (error) {
      setRefusal(refusalOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="form" onSubmit={submit}>
      <label htmlFor={`${id}-current`}>{t(oneTime ? "access.own.oneTime" : "access.own.current")}</label>
      <input id={`${id}-current`} name="current" type="password" autoComplete="current-password" required />
      <label htmlFor={`${id}-new`}>{t("access.own.fresh")}</label>
      <input
        id={`${id}-new`}
        name="new"
        type="password"
        autoComplete="new-password"
        required
        minLength={12}
        maxLength={1024}
        aria-describedby={`${id}-rule`}
      />
      <p id={`${id}-rule`} className="hint">
        {t("access.own.rule")}
      </p>
      <label htmlFor={`${id}-twice`}>{t("access.own.twice")}</label>
      <input
        id={`${id}-twice`}
        name="twice"
        type="password"
        autoComplete="new-password"
        required
        aria-invalid={unlike}
        aria-describedby={unlike ? `${id}-unlike` : undefined}
        onChange={() => setUnlike(false)}
      />
      {unlike && (
        <p id={`${id}-unlike`} className="refusal" role="alert">
          {t("access.own.unlike")}
        </p>
      )}
      <Refusal id={`${id}-refusal`} refusal={refusal} over={() => setRefusal(null)} />
      <button type="submit" className="main" disabled={busy}>
        {t("access.own.save")}
      </button>
    </form>
  );
}
