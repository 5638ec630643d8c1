import { useTranslation } from "react-i18next";
import { DataTable } from "../../shared/DataTable";
import { useFormat } from "../../shared/format";
import type { TrustState } from "./api";

/** A state in one word with a mark, never by colour alone. */
export function Mark({ ok, good, bad }: { ok: boolean; good: string; bad: string }) {
  return (
    <span className={ok ? "log-mark good" : "log-mark bad"}>
      <span aria-hidden="true">{ok ? "✓" : "✕"}</span> {ok ? good : bad}
    </span>
  );
}

/** Who outside has signed the latest head, and how many must. */
export function Witnesses({ witnesses }: { witnesses: TrustState["witnesses"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { needed, of, seen } = witnesses;
  return (
    <section className="section" aria-labelledby="log-witnesses">
      <h2 id="log-witnesses">{t("trustLog.witness.title")}</h2>
      <p className="soft measure-width">
        {of === 0 ? t("trustLog.witness.none") : t("trustLog.witness.rule", { needed, of })}
      </p>
      {seen.length > 0 && (
        <DataTable
          caption={t("trustLog.witness.title")}
          rows={seen}
          rowKey={(one) => one.name}
          columns={[
            { key: "name", title: t("trustLog.witness.who"), cell: (one) => one.name },
            {
              key: "ok",
              title: t("trustLog.witness.state"),
              cell: (one) => (
                <Mark ok={one.ok} good={t("trustLog.witness.signed")} bad={t("trustLog.witness.waiting")} />
              ),
            },
            {
              key: "time",
              title: t("trustLog.witness.when"),
              cell: (one) => (one.time ? format.moment(new Date(one.time)) : "–"),
            },
          ]}
        />
      )}
    </section>
  );
}
