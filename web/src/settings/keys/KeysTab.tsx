import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { rightKey } from "../../access/rights";
import { ask } from "../../api/client";
import { Outcome, useAct } from "../../shared/acts";
import { DataTable } from "../../shared/DataTable";
import { useFormat } from "../../shared/format";
import { SidePanel } from "../../shared/SidePanel";
import { Empty, Failure, Loading } from "../../shared/states";
import { AddKey } from "./AddKey";

export interface Key {
  id: string;
  name: string;
  scopes: string[];
  created: string;
  expires: string;
  revoked: string | null;
}

/** Which programs may come in, with which rights, until when. */
export default function KeysTab() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const act = useAct();
  const [adding, setAdding] = useState(false);
  const keys = useQuery({
    queryKey: ["keys"],
    queryFn: async ({ signal }) => (await ask<{ keys: Key[] }>("/v1/keys", { signal })).keys,
  });
  const refresh = () => queries.invalidateQueries({ queryKey: ["keys"] });
  const revoke = (key: Key) => {
    if (!window.confirm(t("settings.keys.revokeSure", { name: key.name }))) return;
    void act.run(async () => {
      await ask(`/v1/keys/${encodeURIComponent(key.id)}`, { method: "DELETE" });
      await refresh();
      return t("settings.keys.revokedDone", { name: key.name });
    });
  };
  if (keys.isError) return <Failure error={keys.error} retry={() => void keys.refetch()} />;
  if (!keys.data) return <Loading lines={8} height={480} />;
  const standing = keys.data.filter((key) => stateOf(key) === "standing").length;
  return (
    <>
      <p className="answer">{t("settings.keys.answer", { count: standing })}</p>
      <p className="row">
        <button type="button" className="main" onClick={() => setAdding(true)}>
          {t("settings.keys.add")}
        </button>
      </p>
      <Outcome act={act} />
      {keys.data.length > 0 ? (
        <KeyTable rows={keys.data} revoke={revoke} />
      ) : (
        <Empty title={t("settings.keys.none")}>
          <p className="soft measure-width">{t("settings.keys.noneDo")}</p>
        </Empty>
      )}
      <SidePanel title={t("settings.keys.add")} open={adding} close={() => setAdding(false)}>
        <AddKey added={refresh} />
      </SidePanel>
    </>
  );
}

type State = "standing" | "revoked" | "expired";

function stateOf(key: Key): State {
  if (key.revoked) return "revoked";
  return Date.parse(key.expires) <= Date.now() ? "expired" : "standing";
}

function KeyTable({ rows, revoke }: { rows: Key[]; revoke: (key: Key) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="block-section">
      <DataTable
        caption={t("settings.keys.title")}
        rows={rows}
        rowKey={(key) => key.id}
        columns={[
          {
            key: "name",
            title: t("settings.keys.name"),
            cell: (key) => (
              <>
                {key.name}
                <span className="soft block">{key.id}</span>
              </>
            ),
          },
          {
            key: "scopes",
            title: t("settings.keys.scopes"),
            wide: true,
            cell: (key) => key.scopes.map((scope) => t(`access.right.${rightKey(scope)}`)).join(t("shared.comma")),
          },
          {
            key: "expires",
            title: t("settings.keys.until"),
            cell: (key) => format.day(new Date(key.expires)),
          },
          {
            key: "state",
            title: t("settings.users.stateTitle"),
            cell: (key) => <span className="soft">{t(`settings.keys.state.${stateOf(key)}`)}</span>,
          },
          {
            key: "acts",
            title: <span className="unseen">{t("settings.acts")}</span>,
            cell: (key) =>
              stateOf(key) === "standing" && (
                <button type="button" className="quiet small" onClick={() => revoke(key)}>
                  {t("settings.keys.revoke")}
                  <span className="unseen"> {key.name}</span>
                </button>
              ),
          },
        ]}
      />
    </div>
  );
}
