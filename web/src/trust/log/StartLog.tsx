import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outcome, useAct } from "../../shared/acts";
import { startLog, trustKey } from "./api";

/** Begin the log: one name, one press; without the right, whom to ask. */
export function StartLog({ may }: { may: boolean }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const id = useId();
  const [origin, setOrigin] = useState("");
  const act = useAct();
  if (!may) return <p className="note">{t("trustLog.start.ask")}</p>;
  const start = () =>
    act.run(async () => {
      await startLog(origin.trim());
      await queries.invalidateQueries({ queryKey: trustKey });
      return t("trustLog.start.done");
    });
  return (
    <form
      className="note"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <p className="strong">{t("trustLog.start.title")}</p>
      <p className="measure-width">{t("trustLog.start.what")}</p>
      <div className="field">
        <label htmlFor={id}>{t("trustLog.start.origin")}</label>
        <input
          id={id}
          type="text"
          value={origin}
          maxLength={200}
          placeholder="bank.example/log"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setOrigin(event.currentTarget.value)}
        />
        <p className="hint">{t("trustLog.start.hint")}</p>
      </div>
      <button type="submit" className="main" disabled={act.busy}>
        {t("trustLog.start.do")}
      </button>
      <Outcome act={act} />
    </form>
  );
}
