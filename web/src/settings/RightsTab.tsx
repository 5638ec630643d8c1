import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Right, Role } from "../access/rights";
import { type Both, inLanguage, useSession } from "../access/session";
import { ask } from "../api/client";
import { DataTable } from "../shared/DataTable";
import { ExportMenu } from "../shared/exporting/ExportMenu";
import { Failure, Loading } from "../shared/states";

export interface RightsTable {
  roles: ({ role: Role; about: Both } & Both)[];
  rights: ({ right: Right; roles: Role[] } & Both)[];
}

export function useRights() {
  return useQuery({
    queryKey: ["rights"],
    queryFn: ({ signal }) => ask<RightsTable>("/v1/rights", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Who may do what: the one table by which the server judges every call. */
export default function RightsTab() {
  const { t, i18n } = useTranslation();
  const { session } = useSession();
  const table = useRights();
  if (table.isError) return <Failure error={table.error} retry={() => void table.refetch()} />;
  if (!table.data) return <Loading lines={12} height={480} />;
  const { roles, rights } = table.data;
  const say = (text: Both) => inLanguage(text, i18n.language);
  const own = roles.find((one) => one.role === session.user?.role);
  const may = (right: RightsTable["rights"][number], role: Role) =>
    t(right.roles.includes(role) ? "settings.rights.yes" : "settings.rights.no");
  return (
    <>
      <p className="answer">
        {own
          ? t("settings.rights.answer", { role: say(own), count: session.rights.length })
          : t("settings.rights.title")}
      </p>
      {own && <p className="soft measure-width">{say(own.about)}</p>}
      <section className="figure" aria-labelledby="rights-title">
        <header className="figure-head">
          <div>
            <h2 id="rights-title">{t("settings.rights.title")}</h2>
            <p className="soft">{t("settings.rights.subtitle")}</p>
          </div>
          <ExportMenu
            name="rights"
            title={t("settings.rights.title")}
            table={() => ({
              title: t("settings.rights.title"),
              columns: [
                { key: "right", title: t("settings.rights.right"), kind: "text" },
                ...roles.map((role) => ({ key: role.role, title: say(role), kind: "text" as const })),
              ],
              rows: rights.map((right) => [say(right), ...roles.map((role) => may(right, role.role))]),
            })}
          />
        </header>
        <Matrix roles={roles} rights={rights} />
      </section>
      <dl className="facts block-section">
        {roles.map((role) => (
          <div key={role.role}>
            <dt>{say(role)}</dt>
            <dd>{say(role.about)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** One line a right, one column a role. */
function Matrix({ roles, rights }: RightsTable) {
  const { t, i18n } = useTranslation();
  const say = (text: Both) => inLanguage(text, i18n.language);
  return (
    <DataTable
      caption={t("settings.rights.title")}
      rows={rights}
      rowKey={(right) => right.right}
      columns={[
        {
          key: "right",
          title: t("settings.rights.right"),
          cell: (right) => (
            <>
              {say(right)} <code className="soft block">{right.right}</code>
            </>
          ),
        },
        ...roles.map((role) => ({
          key: role.role,
          title: say(role),
          cell: (right: RightsTable["rights"][number]) =>
            right.roles.includes(role.role) ? (
              <span className="mark-yes">{t("settings.rights.yes")}</span>
            ) : (
              <span className="soft">
                <span aria-hidden="true">–</span>
                <span className="unseen">{t("settings.rights.no")}</span>
              </span>
            ),
        })),
      ]}
    />
  );
}
