import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Role } from "../../access/rights";
import { Outcome, useAct } from "../../shared/acts";
import { UnitPicker } from "../UnitPicker";
import { RoleChoice } from "./AddUser";
import { changeUser, type User } from "./api";

/** Change how somebody is called, their role and their unit. */
export function ChangeUser({ user, changed }: { user: User; changed: () => Promise<void> }) {
  const { t } = useTranslation();
  const act = useAct();
  const id = useId();
  const [role, setRole] = useState<Role>(user.role);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    void act.run(async () => {
      await changeUser(user.name, {
        display_name: String(given.get("display_name")).trim(),
        ...(user.role !== "customer" && { role, unit: String(given.get("unit") ?? "") || null }),
      });
      await changed();
      return t("settings.saved");
    });
  };
  return (
    <form onSubmit={submit} className="stack">
      <p className="soft">{t("settings.users.changeAbout", { name: user.name })}</p>
      <div className="field">
        <label htmlFor={id}>{t("access.account.shown")}</label>
        <input id={id} name="display_name" required maxLength={100} defaultValue={user.display_name} />
      </div>
      {user.role !== "customer" && (
        <>
          <RoleChoice role={role} choose={setRole} />
          <UnitPicker name="unit" label={t("settings.users.unit")} value={user.unit} none={t("settings.users.whole")} />
        </>
      )}
      <p className="row">
        <button type="submit" className="main" disabled={act.busy}>
          {t("settings.save")}
        </button>
      </p>
      <Outcome act={act} />
    </form>
  );
}
