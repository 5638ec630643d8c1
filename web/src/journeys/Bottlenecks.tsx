import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../shared/DataTable";
import { Figure, type Sheet } from "../shared/Figure";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import type { Bottleneck } from "./api";
import { pathKey } from "./map/graph";
import { pathName } from "./words";

interface Props {
  rows: Bottleneck[];
  note: string;
  marked: ReadonlySet<string>;
  onHover: (key: string | null) => void;
  onCases: (row: Bottleneck) => void;
}

const SHOWN = 10;

/** Where waiting happens, by total waiting, with the middle and the slow end; never by the mean alone. */
export function Bottlenecks({ rows, note, marked, onHover, onCases }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const top = rows.slice(0, SHOWN);
  const covered = top.slice(0, 3).reduce((sum, row) => sum + row.share, 0);
  const columns = useColumns(top[0]?.share_high ?? 1, onCases);
  return (
    <Figure
      id="bottlenecks"
      title={t("journeys.bottlenecksFinding", { count: Math.min(3, top.length), share: format.share(covered, 0) })}
      subtitle={`${t("journeys.bottlenecksMeasure")} · ${note}`}
      definition={t("journeys.bottlenecksDefinition")}
      sheet={() => sheetOf(rows)}
    >
      <DataTable
        caption={t("journeys.bottlenecks")}
        columns={columns}
        rows={top}
        rowKey={pathKey}
        marked={(row) => marked.has(pathKey(row))}
        onHover={(row) => onHover(row && pathKey(row))}
      />
    </Figure>
  );
}

/** The place, its share of all waiting against the longest bar, how long it takes, and the cases behind it. */
function useColumns(longest: number, onCases: Props["onCases"]): Column<Bottleneck>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  return [
    {
      key: "place",
      title: t("journeys.where"),
      cell: (row) => (
        <span>
          <span className="rank">{row.rank ?? "–"}</span>
          {pathName(name, row)}
        </span>
      ),
    },
    {
      key: "share",
      title: t("journeys.shareOfWaiting"),
      width: "26%",
      cell: (row) => <ShareBar row={row} longest={longest} />,
    },
    { key: "total", title: t("journeys.totalDays"), number: true, cell: (row) => format.days(row.wait_seconds.total) },
    {
      key: "p50",
      title: t("journeys.p50"),
      number: true,
      wide: true,
      cell: (row) => format.duration(row.wait_seconds.p50),
    },
    {
      key: "p95",
      title: t("journeys.p95"),
      number: true,
      wide: true,
      cell: (row) => format.duration(row.wait_seconds.p95),
    },
    {
      key: "cases",
      title: t("journeys.cases"),
      number: true,
      cell: (row) => (
        <Button
          type="link"
          size="small"
          aria-label={`${format.whole(row.cases)} – ${t("journeys.casesOf", { place: pathName(name, row) })}`}
          onClick={() => onCases(row)}
        >
          {format.whole(row.cases)}
        </Button>
      ),
    },
  ];
}

/** Every place, not only those shown. */
function sheetOf(rows: Bottleneck[]): Sheet {
  return {
    name: "bottlenecks",
    header: [
      "rank",
      "from",
      "to",
      "count",
      "cases",
      "wait_total_seconds",
      "wait_p50_seconds",
      "wait_p95_seconds",
      "share",
      "share_low",
      "share_high",
    ],
    rows: rows.map((row) => [
      row.rank,
      row.from,
      row.to,
      row.count,
      row.cases,
      row.wait_seconds.total,
      row.wait_seconds.p50,
      row.wait_seconds.p95,
      row.share,
      row.share_low,
      row.share_high,
    ]),
  };
}

/** A bar from zero with its interval as a whisker and the figure beside it. */
function ShareBar({ row, longest }: { row: Bottleneck; longest: number }) {
  const format = useFormat();
  const { t } = useTranslation();
  const at = (value: number) => `${(100 * value) / (longest || 1)}%`;
  return (
    <span className="share-bar">
      <span className="bar" aria-hidden="true">
        <span className="bar-fill" style={{ width: at(row.share) }} />
        <span className="bar-whisker" style={{ left: at(row.share_low), width: at(row.share_high - row.share_low) }} />
      </span>
      <span
        className="bar-figure"
        title={t("quality.intervalLabel", { low: format.share(row.share_low), high: format.share(row.share_high) })}
      >
        {format.share(row.share)}
      </span>
    </span>
  );
}
