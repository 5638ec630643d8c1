import { useTranslation } from "react-i18next";
import { DataTable } from "../../shared/DataTable";
import { useFormat } from "../../shared/format";
import type { Anchor } from "./api";
import { Mark } from "./Witnesses";

const SHOWN = 8;

/** Where the head was fixed outside of anybody's reach: a chain of several institutions, a time-stamp authority. */
export function Anchors({ anchors }: { anchors: Anchor[] }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const kindOf = (kind: string) =>
    i18n.exists(`trustLog.anchor.kind.${kind}`) ? t(`trustLog.anchor.kind.${kind}`) : kind;
  return (
    <section className="section" aria-labelledby="log-anchors">
      <h2 id="log-anchors">{t("trustLog.anchor.title")}</h2>
      <p className="soft measure-width">{t(anchors.length === 0 ? "trustLog.anchor.none" : "trustLog.anchor.what")}</p>
      {anchors.length > 0 && (
        <DataTable
          caption={t("trustLog.anchor.title")}
          rows={anchors.slice(0, SHOWN)}
          rowKey={(one) => `${one.kind}${one.size}${one.time}${one.where}`}
          columns={[
            { key: "kind", title: t("trustLog.anchor.how"), cell: (one) => kindOf(one.kind) },
            { key: "size", title: t("trustLog.fact.entries"), number: true, cell: (one) => format.whole(one.size) },
            {
              key: "ok",
              title: t("trustLog.witness.state"),
              cell: (one) => <Mark ok={one.ok} good={t("trustLog.anchor.fits")} bad={t("trustLog.anchor.broken")} />,
            },
            {
              key: "time",
              title: t("trustLog.witness.when"),
              cell: (one) => (one.time ? format.moment(new Date(one.time)) : "–"),
            },
            {
              key: "where",
              title: t("trustLog.anchor.where"),
              wide: true,
              cell: (one) => <span className="soft log-where">{one.where}</span>,
            },
          ]}
        />
      )}
    </section>
  );
}
