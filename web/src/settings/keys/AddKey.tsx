import { type FormEvent, useId } from "react";
import { useTranslation } from "react-i18next";
import { type Right, rightKey } from "../../access/rights";
import { useSession } from "../../access/session";
import { ask } from "../../api/client";
import { Outcome, useAct } from "../../shared/acts";
import { Once } from "../Once";

const scopes: readonly Right[] = [
  "record:append",
  "record:read",
  "record:personal",
  "figures:read",
  "export",
  "imports:run",
  "walks:write",
  "complaints:all",
  "audit:read",
];
const lives = [30, 90, 365] as const;

/** Make a key for a program; its token is shown once. */
export function AddKey({ added }: { added: () => Promise<void> }) {
  const { t } = useTranslation();
  const act = useAct();
  // A key gets no right that its maker lacks.
  const { has } = useSession();
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    void act.run(async () => {
      const name = String(given.get("name")).trim();
      const json = { name, scopes: given.getAll("scope").map(String), expires: `${given.get("days")}d` };
      const made = await ask<{ token: string }>("/v1/keys", { method: "POST", json });
      await added();
      form.reset();
      return <Once title={t("settings.keys.tokenOf", { name })} secret={made.token} />;
    });
  };
  return (
    <form onSubmit={submit} className="stack">
      <div className="field">
        <label htmlFor={`${id}-name`}>{t("settings.keys.name")}</label>
        <input id={`${id}-name`} name="name" required maxLength={100} autoComplete="off" />
        <p className="hint">{t("settings.keys.nameRule")}</p>
      </div>
      <fieldset className="choices">
        <legend>{t("settings.keys.scopes")}</legend>
        {scopes.filter(has).map((scope) => (
          <label key={scope}>
            <input type="checkbox" name="scope" value={scope} defaultChecked={scope === "record:append"} />
            {t(`access.right.${rightKey(scope)}`)}
          </label>
        ))}
      </fieldset>
      <fieldset className="choices">
        <legend>{t("settings.keys.until")}</legend>
        {lives.map((days) => (
          <label key={days}>
            <input type="radio" name="days" value={days} defaultChecked={days === 90} />
            {t("settings.keys.days", { count: days })}
          </label>
        ))}
      </fieldset>
      <p className="row">
        <button type="submit" className="main" disabled={act.busy}>
          {t("settings.keys.add")}
        </button>
      </p>
      <Outcome act={act} />
    </form>
  );
}
