import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../../shared/DataTable";
import { Figure } from "../../shared/Figure";
import { useFormat } from "../../shared/format";
import type { Effect, Moment, StageReport } from "../api";
import { DifferenceBar } from "../pages/DifferenceBar";
import { useMomentName } from "./words";

const SHOWN = 12;

/** Moments of truth: what goes with a feeling that is certainly different, the most certain first. */
export function Moments({ report, note }: { report: StageReport; note: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const by = report.ranked_by === "complaint" ? "complaint" : "feeling";
  const certain = report.moments.filter((moment) => moment[by].certain).length;
  const ranked = report.moments.filter((moment) => moment.rank !== null);
  const rows = (ranked.length ? ranked : report.moments).slice(0, SHOWN);
  const columns = useColumns(rows, by);
  return (
    <Figure
      id="moments"
      title={certain ? t("journeyMap.momentsFinding", { count: certain }) : t("journeyMap.momentsNone")}
      subtitle={`${t(`journeyMap.momentsMeasure.${by}`)} · ${t("journeyMap.ranked", { count: report.looked_at })} · ${note}`}
      definition={t("journeyMap.momentsDefinition")}
      sheet={() => ({
        name: "moments",
        header: [
          "rank",
          "kind",
          "step",
          "threshold",
          "cases",
          "other_cases",
          ...["feeling", "complaint", "leaving"].flatMap((effect) => [
            `${effect}_n`,
            `${effect}_other_n`,
            `${effect}_difference`,
            `${effect}_low`,
            `${effect}_high`,
          ]),
        ],
        rows: report.moments.map((moment) => [
          moment.rank,
          moment.kind,
          moment.step,
          moment.threshold,
          moment.cases,
          moment.other_cases,
          ...[moment.feeling, moment.complaint, moment.leaving].flatMap((effect) => [
            effect.n,
            effect.other_n,
            effect.difference,
            effect.low,
            effect.high,
          ]),
        ]),
      })}
    >
      {rows.length > 0 && (
        <DataTable
          caption={t("journeyMap.momentTitle")}
          columns={columns}
          rows={rows}
          rowKey={(row) => `${row.kind} ${row.step ?? ""}`}
        />
      )}
      {rows.length === 0 && <p className="soft">{format.whole(0)}</p>}
    </Figure>
  );
}

function useColumns(rows: Moment[], by: "feeling" | "complaint"): Column<Moment>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useMomentName();
  const widest = Math.max(0.05, ...rows.flatMap((row) => [Math.abs(row[by].low ?? 0), Math.abs(row[by].high ?? 0)]));
  const points = (value: number) => format.signed(100 * value, 0);
  const share = ({ difference, low, high }: Effect) =>
    difference === null || low === null || high === null
      ? "–"
      : t("journeys.range", {
          value: format.signed(100 * difference),
          low: format.signed(100 * low),
          high: format.signed(100 * high),
        });
  return [
    {
      key: "moment",
      title: t("journeyMap.momentTitle"),
      cell: (row) => (
        <span>
          <span className="rank">{row.rank ?? "–"}</span>
          {name(row)}
        </span>
      ),
    },
    {
      key: "effect",
      title: t(by === "feeling" ? "journeyMap.effect" : "journeyMap.complaintEffect"),
      width: "34%",
      cell: (row) => (
        <DifferenceBar
          value={row[by].difference}
          low={row[by].low}
          high={row[by].high}
          widest={widest}
          text={points}
          certain={row[by].certain}
        />
      ),
    },
    ...(by === "feeling"
      ? [
          {
            key: "complaint",
            title: t("journeyMap.complaintEffect"),
            number: true,
            wide: true,
            cell: (row: Moment) => share(row.complaint),
          },
        ]
      : []),
    {
      key: "leaving",
      title: t("journeyMap.leavingEffect"),
      number: true,
      wide: true,
      cell: (row) => share(row.leaving),
    },
    { key: "cases", title: t("journeys.cases"), number: true, cell: (row) => format.whole(row.cases) },
  ];
}
