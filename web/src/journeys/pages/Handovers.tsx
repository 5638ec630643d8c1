import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../../shared/DataTable";
import { Figure } from "../../shared/Figure";
import { useFormat } from "../../shared/format";
import { type Handover, useHandovers } from "../api";
import { settled } from "../parts";
import type { ViewProps } from "./Views";

const SHOWN = 25;

/** Who hands work to whom, and how long it lies between them. */
export function Handovers({ choice, note, params, change }: ViewProps) {
  const { t } = useTranslation();
  const between = params.get("between") === "actor" ? "actor" : "team";
  const found = useHandovers(choice, between);
  return (
    <>
      <fieldset className="between">
        <legend className="unseen">{t("journeyPages.between")}</legend>
        {(["team", "actor"] as const).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="between"
              checked={between === one}
              onChange={() => change({ between: one === "team" ? null : one })}
            />
            {t(`journeyPages.betweenOf.${one}`)}
          </label>
        ))}
      </fieldset>
      {settled(found, 360, (rows) => (
        <Table rows={rows} note={note} between={between} />
      ))}
    </>
  );
}

function Table({ rows, note, between }: { rows: Handover[]; note: string; between: "team" | "actor" }) {
  const { t } = useTranslation();
  const format = useFormat();
  const most = rows[0];
  const columns: Column<Handover>[] = [
    { key: "way", title: t("journeyPages.fromTo"), cell: (row) => `${row.from} → ${row.to}` },
    { key: "count", title: t("journeys.times"), number: true, cell: (row) => format.whole(row.count) },
    { key: "cases", title: t("journeys.cases"), number: true, cell: (row) => format.whole(row.cases) },
    { key: "p50", title: t("journeys.p50"), number: true, cell: (row) => format.duration(row.wait_seconds.p50) },
    {
      key: "p95",
      title: t("journeys.p95"),
      number: true,
      wide: true,
      cell: (row) => format.duration(row.wait_seconds.p95),
    },
    { key: "total", title: t("journeys.totalDays"), number: true, cell: (row) => format.days(row.wait_seconds.total) },
  ];
  return (
    <Figure
      id="handovers"
      title={
        most
          ? t("journeyPages.handoversFinding", {
              from: most.from,
              to: most.to,
              times: format.whole(most.count),
              p50: format.duration(most.wait_seconds.p50),
            })
          : t("journeyPages.handoversNone")
      }
      subtitle={`${t(`journeyPages.handoversMeasure.${between}`)} · ${note}`}
      definition={t("journeyPages.handoversDefinition")}
      sheet={() => ({
        name: `handovers-${between}`,
        header: ["from", "to", "count", "cases", "wait_p50_seconds", "wait_p95_seconds", "wait_total_seconds"],
        rows: rows.map(({ from, to, count, cases, wait_seconds: wait }) => [
          from,
          to,
          count,
          cases,
          wait.p50,
          wait.p95,
          wait.total,
        ]),
      })}
    >
      {most && (
        <DataTable
          caption={t("journeyPages.view.handovers")}
          columns={columns}
          rows={rows.slice(0, SHOWN)}
          rowKey={(row) => `${row.from}\u0000${row.to}`}
        />
      )}
    </Figure>
  );
}
