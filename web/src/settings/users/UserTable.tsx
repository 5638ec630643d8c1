import { useTranslation } from "react-i18next";
import { useSession } from "../../access/session";
import { DataTable } from "../../shared/DataTable";
import { useFormat } from "../../shared/format";
import type { User } from "./api";

interface Props {
  rows: User[];
  nameOfUnit: (unit: string | null) => string;
  change: (user: User) => void;
  lock: (user: User, locked: boolean) => void;
  reset: (user: User) => void;
}

/** The users, one line each, with what can be done. */
export function UserTable({ rows, nameOfUnit, change, lock, reset }: Props) {
  const { t } = useTranslation();
  const { session } = useSession();
  const format = useFormat();
  return (
    <DataTable
      caption={t("settings.users.title")}
      rows={rows}
      rowKey={(user) => user.name}
      columns={[
        {
          key: "name",
          title: t("settings.users.who"),
          cell: (user) => (
            <>
              {user.display_name}
              {user.name !== user.display_name && <span className="soft block">{user.name}</span>}
            </>
          ),
        },
        { key: "role", title: t("access.account.role"), cell: (user) => t(`access.role.${user.role}`) },
        {
          key: "unit",
          title: t("settings.users.unit"),
          wide: true,
          cell: (user) => (user.role === "customer" ? t("access.account.ownOnly") : nameOfUnit(user.unit)),
        },
        {
          key: "signed_in",
          title: t("settings.users.signedIn"),
          wide: true,
          cell: (user) => (user.signed_in ? format.moment(new Date(user.signed_in)) : t("settings.users.never")),
        },
        { key: "state", title: t("settings.users.stateTitle"), cell: (user) => <State user={user} /> },
        {
          key: "acts",
          title: <span className="unseen">{t("settings.acts")}</span>,
          cell: (user) => (
            <span className="acts">
              <button type="button" className="quiet small" onClick={() => change(user)}>
                {t("settings.change")}
                <span className="unseen"> {user.display_name}</span>
              </button>
              {user.name !== session.user?.name && (
                <>
                  <button type="button" className="quiet small" onClick={() => lock(user, !user.locked)}>
                    {t(user.locked ? "settings.users.unlock" : "settings.users.lock")}
                    <span className="unseen"> {user.display_name}</span>
                  </button>
                  <button type="button" className="quiet small" onClick={() => reset(user)}>
                    {t("settings.users.reset")}
                    <span className="unseen"> {user.display_name}</span>
                  </button>
                </>
              )}
            </span>
          ),
        },
      ]}
    />
  );
}

function State({ user }: { user: User }) {
  const { t } = useTranslation();
  if (user.locked) return <span className="strong">{t("settings.users.locked")}</span>;
  return (
    <span className="soft">{t(user.must_change_password ? "settings.users.oneTime" : "settings.users.open")}</span>
  );
}
