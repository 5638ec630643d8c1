import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outcome, useAct } from "../../shared/acts";
import { ExportMenu } from "../../shared/exporting/ExportMenu";
import { SidePanel } from "../../shared/SidePanel";
import { Failure, Loading } from "../../shared/states";
import { Once } from "../Once";
import { unitName, useOrganisation } from "../organisation";
import { AddUser } from "./AddUser";
import { changeUser, resetUser, type User, useUsers } from "./api";
import { ChangeUser } from "./ChangeUser";
import { UserTable } from "./UserTable";

/** Who may come in, in which role, for which unit. */
export default function UsersTab() {
  const { t } = useTranslation();
  const users = useUsers();
  const { act, lock, reset, refresh } = useUserActs();
  const [adding, setAdding] = useState(false);
  const [changed, setChanged] = useState<User | null>(null);
  const nameOfUnit = useUnitNames();
  if (users.isError) return <Failure error={users.error} retry={() => void users.refetch()} />;
  if (!users.data) return <Loading lines={10} height={480} />;
  const rows = users.data;
  const locked = rows.filter((user) => user.locked).length;
  const waiting = rows.filter((user) => user.must_change_password).length;
  return (
    <>
      <p className="answer">{t("settings.users.answer", { count: rows.length })}</p>
      <p className="soft">{t("settings.users.state", { locked, waiting })}</p>
      <p className="row">
        <button type="button" className="main" onClick={() => setAdding(true)}>
          {t("settings.users.add")}
        </button>
      </p>
      <Outcome act={act} />
      <section className="figure" aria-labelledby="users-title">
        <header className="figure-head">
          <div>
            <h2 id="users-title">{t("settings.users.title")}</h2>
          </div>
          <UserExport rows={rows} nameOfUnit={nameOfUnit} />
        </header>
        <UserTable rows={rows} nameOfUnit={nameOfUnit} change={setChanged} lock={lock} reset={reset} />
      </section>
      <SidePanel title={t("settings.users.add")} open={adding} close={() => setAdding(false)}>
        <AddUser added={refresh} />
      </SidePanel>
      <SidePanel
        title={t("settings.users.changeOf", { name: changed?.display_name })}
        open={changed !== null}
        close={() => setChanged(null)}
      >
        {changed && <ChangeUser user={changed} changed={refresh} />}
      </SidePanel>
    </>
  );
}

function useUserActs() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const act = useAct();
  const refresh = () => queries.invalidateQueries({ queryKey: ["users"] });
  const lock = (user: User, locked: boolean): Promise<boolean> =>
    act.run(async () => {
      await changeUser(user.name, { locked });
      await refresh();
      return undo(
        t(locked ? "settings.users.lockedDone" : "settings.users.unlockedDone", { name: user.display_name }),
        () => lock(user, !locked),
      );
    });
  const undo = (words: string, back: () => void): ReactNode => (
    <>
      {words}{" "}
      <button type="button" className="quiet small" onClick={back}>
        {t("settings.undo")}
      </button>
    </>
  );
  const reset = (user: User) => {
    if (!window.confirm(t("settings.users.resetSure", { name: user.display_name }))) return;
    void act.run(async () => {
      const { one_time_password } = await resetUser(user.name);
      await refresh();
      return <Once title={t("settings.users.oneTimeOf", { name: user.display_name })} secret={one_time_password} />;
    });
  };
  return { act, refresh, reset, lock: (user: User, locked: boolean) => void lock(user, locked) };
}

/** What the reader calls a unit; its code where the organisation does not know it. */
function useUnitNames(): (unit: string | null) => string {
  const { t, i18n } = useTranslation();
  const organisation = useOrganisation();
  return (unit) => {
    if (unit === null) return t("settings.users.whole");
    const found = organisation.data?.units.find((one) => one.unit === unit);
    return found ? unitName(found, i18n.language) : unit;
  };
}

function UserExport({ rows, nameOfUnit }: { rows: User[]; nameOfUnit: (unit: string | null) => string }) {
  const { t } = useTranslation();
  return (
    <ExportMenu
      name="users"
      title={t("settings.users.title")}
      table={() => ({
        title: t("settings.users.title"),
        columns: [
          { key: "name", title: t("access.account.user"), kind: "text" },
          { key: "display_name", title: t("access.account.shown"), kind: "text" },
          { key: "role", title: t("access.account.role"), kind: "text" },
          { key: "unit", title: t("settings.users.unit"), kind: "text" },
          { key: "signed_in", title: t("settings.users.signedIn"), kind: "moment" },
          { key: "locked", title: t("settings.users.stateTitle"), kind: "text" },
        ],
        rows: rows.map((user) => [
          user.name,
          user.display_name,
          t(`access.role.${user.role}`),
          nameOfUnit(user.unit),
          user.signed_in,
          t(user.locked ? "settings.users.locked" : "settings.users.open"),
        ]),
      })}
    />
  );
}
