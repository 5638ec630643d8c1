import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId } from "react";
import { useTranslation } from "react-i18next";
import { ask } from "../api/client";
import { Outcome, useAct } from "../shared/acts";
import { useFormat } from "../shared/format";
import { Failure, Loading } from "../shared/states";
import { addPasskey, type Passkey, passkeysPossible } from "./passkeys";
import { useSession } from "./session";

/** The passkeys of the account: add one, remove one. */
export function Passkeys() {
  const { t } = useTranslation();
  const { refresh } = useSession();
  const queries = useQueryClient();
  const act = useAct();
  const id = useId();
  const found = useQuery({
    queryKey: ["passkeys"],
    queryFn: async ({ signal }) => (await ask<{ passkeys: Passkey[] }>("/v1/passkeys", { signal })).passkeys,
  });
  const again = () => Promise.all([queries.invalidateQueries({ queryKey: ["passkeys"] }), refresh()]);
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    void act.run(async () => {
      await addPasskey(String(new FormData(form).get("name")).trim());
      form.reset();
      await again();
      return t("access.account.passkeyAdded");
    });
  };
  const remove = (passkey: Passkey) => {
    if (!window.confirm(t("access.account.passkeyRemoveSure", { name: passkey.name }))) return;
    void act.run(async () => {
      await ask(`/v1/passkeys/${encodeURIComponent(passkey.id)}`, { method: "DELETE" });
      await again();
      return t("access.account.passkeyRemoved", { name: passkey.name });
    });
  };
  return (
    <section className="block-section narrow" aria-labelledby="passkeys-title">
      <h2 id="passkeys-title">{t("access.account.passkeys")}</h2>
      <p className="soft">{t("access.account.passkeysAbout")}</p>
      {found.isError && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.isLoading && <Loading lines={2} />}
      {found.data && <PasskeyList rows={found.data} remove={remove} />}
      {passkeysPossible() ? (
        <form className="form" onSubmit={add}>
          <label htmlFor={id}>{t("access.account.passkeyName")}</label>
          <div className="with-button">
            <input id={id} name="name" required maxLength={100} autoComplete="off" />
            <button type="submit" className="quiet" disabled={act.busy}>
              {t("access.account.passkeyAdd")}
            </button>
          </div>
        </form>
      ) : (
        <p className="soft">{t("access.account.passkeyUnable")}</p>
      )}
      <Outcome act={act} />
    </section>
  );
}

function PasskeyList({ rows, remove }: { rows: Passkey[]; remove: (passkey: Passkey) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (rows.length === 0) return <p className="row soft">{t("access.account.passkeyNone")}</p>;
  return (
    <ul className="contacts">
      {rows.map((passkey) => (
        <li key={passkey.id} className="with-button spread">
          <span>
            {passkey.name}
            <span className="soft block">
              {t("access.account.passkeySince", { day: format.day(new Date(passkey.created)) })}
            </span>
          </span>
          <button type="button" className="quiet small" onClick={() => remove(passkey)}>
            {t("access.account.passkeyRemove")}
            <span className="unseen"> {passkey.name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
