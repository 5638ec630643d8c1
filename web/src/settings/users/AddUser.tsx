import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Role, roles } from "../../access/rights";
import { inLanguage } from "../../access/session";
import { ask } from "../../api/client";
import { Outcome, useAct } from "../../shared/acts";
import { Once } from "../Once";
import { useRights } from "../RightsTab";
import { UnitPicker } from "../UnitPicker";
import type { AddedUser } from "./api";

/** Add somebody: name, role, unit; the one-time password is shown once. */
export function AddUser({ added }: { added: () => Promise<void> }) {
  const { t } = useTranslation();
  const act = useAct();
  const id = useId();
  const [role, setRole] = useState<Role>("agent");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const text = (name: string) => String(given.get(name) ?? "").trim() || null;
    void act.run(async () => {
      const json = {
        name: text("name"),
        display_name: text("display_name"),
        role,
        unit: text("unit"),
        ...(role === "customer" && { subject: text("subject") }),
      };
      const made = await ask<AddedUser>("/v1/users", { method: "POST", json });
      await added();
      form.reset();
      const title = t("settings.users.oneTimeOf", { name: made.display_name });
      return made.one_time_password ? <Once title={title} secret={made.one_time_password} /> : t("settings.saved");
    });
  };
  return (
    <form onSubmit={submit} className="stack">
      <div className="field">
        <label htmlFor={`${id}-name`}>{t("access.account.user")}</label>
        <input id={`${id}-name`} name="name" required maxLength={60} autoComplete="off" autoCapitalize="none" />
        <p className="hint">{t("settings.users.nameRule")}</p>
      </div>
      <div className="field">
        <label htmlFor={`${id}-shown`}>{t("access.account.shown")}</label>
        <input id={`${id}-shown`} name="display_name" maxLength={100} autoComplete="off" />
      </div>
      <RoleChoice role={role} choose={setRole} />
      {role === "customer" ? (
        <div className="field">
          <label htmlFor={`${id}-subject`}>{t("settings.users.subject")}</label>
          <input id={`${id}-subject`} name="subject" required maxLength={200} />
          <p className="hint">{t("settings.users.subjectAbout")}</p>
        </div>
      ) : (
        <UnitPicker name="unit" label={t("settings.users.unit")} none={t("settings.users.whole")} />
      )}
      <p className="row">
        <button type="submit" className="main" disabled={act.busy}>
          {t("settings.users.add")}
        </button>
      </p>
      <Outcome act={act} />
    </form>
  );
}

/** A role with what it is for. */
export function RoleChoice({ role, choose }: { role: Role; choose: (role: Role) => void }) {
  const { t, i18n } = useTranslation();
  const id = useId();
  const about = useRights().data?.roles.find((one) => one.role === role)?.about;
  return (
    <div className="field">
      <label htmlFor={id}>{t("access.account.role")}</label>
      <select id={id} value={role} onChange={(event) => choose(event.target.value as Role)}>
        {roles.map((one) => (
          <option key={one} value={one}>
            {t(`access.role.${one}`)}
          </option>
        ))}
      </select>
      <p className="hint">{about && inLanguage(about, i18n.language)}</p>
    </div>
  );
}
