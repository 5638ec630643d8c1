import { useTranslation } from "react-i18next";
import { type Dimension, useMembers } from "../../quality/api";
import { inLanguage } from "../../quality/types";
import { type Column, DataTable } from "../../shared/DataTable";
import { Figure } from "../../shared/Figure";
import { useFormat } from "../../shared/format";
import { useNames } from "../../shared/names";
import { Empty } from "../../shared/states";
import { type Comparison, useComparison } from "../api";
import { settled } from "../parts";
import { pathName } from "../words";
import { DifferenceBar } from "./DifferenceBar";
import type { ViewProps } from "./Views";

const DIMENSIONS = ["segment", "branch", "channel", "product"] as const;
/** What the server calls the parts of a filter. */
const PART = { segment: "segment", branch: "org", channel: "channel", product: "product" } as const;
const SHOWN = 15;

/** Two selections of cases side by side, with how sure the difference is. */
export function Compare({ choice, note, params, change }: ViewProps) {
  const { t } = useTranslation();
  const asked = params.get("by") as Dimension | null;
  const by = asked && DIMENSIONS.includes(asked) ? asked : "segment";
  const [first, second] = [params.get("first") ?? "", params.get("second") ?? ""];
  const told = useMemberNames(by);
  const one = first || (told.keys[0] ?? "");
  const two = second || (told.keys.find((key) => key !== one) ?? "");
  const condition = (value: string) => (value ? [`${PART[by]}=${value}`] : []);
  const found = useComparison(choice, condition(one), condition(two));
  return (
    <>
      <div className="filters compare-pick">
        <Pick
          label={t("journeyPages.compareBy")}
          value={by}
          options={DIMENSIONS.map((value) => [value, t(`quality.dimension.${value}`)])}
          choose={(value) => change({ by: value, first: null, second: null })}
        />
        <Pick
          label={t("journeyPages.first")}
          value={one}
          options={told.keys.map((key) => [key, told.name(key)])}
          choose={(value) => change({ first: value })}
        />
        <Pick
          label={t("journeyPages.second")}
          value={two}
          options={told.keys.map((key) => [key, told.name(key)])}
          choose={(value) => change({ second: value })}
        />
      </div>
      {one && two ? (
        settled(found, 420, (report) => <Sides report={report} names={[told.name(one), told.name(two)]} note={note} />)
      ) : (
        <Empty title={t("journeyPages.compareNothing")} />
      )}
    </>
  );
}

/** The members of a dimension and what they are called. */
function useMemberNames(dimension: Dimension) {
  const { i18n } = useTranslation();
  const nameOf = useNames();
  const groups = useMembers(dimension).data?.groups ?? [];
  const names = new Map(
    groups.flatMap(({ key, name }) =>
      key === null ? [] : [[key, name ? inLanguage(name, i18n.language) : nameOf("member", key)] as const],
    ),
  );
  return { keys: [...names.keys()], name: (key: string) => names.get(key) ?? key };
}

interface PickProps {
  label: string;
  value: string;
  options: (readonly [string, string])[];
  choose: (value: string) => void;
}

function Pick({ label, value, options, choose }: PickProps) {
  return (
    <label className="field pick">
      <span className="label">{label}</span>
      <select className="plain-input" value={value} onChange={(event) => choose(event.target.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

type Names = [string, string];

function Sides({ report, names, note }: { report: Comparison; names: Names; note: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const gap = report.slow_share_difference;
  const certain = report.slow_share_low !== null && (report.slow_share_low > 0 || (report.slow_share_high ?? 0) < 0);
  const values = { first: names[0], second: names[1], points: format.points(Math.abs(gap ?? 0)) };
  const finding = report.reason
    ? t(`journeyPages.doubt.${report.reason}`)
    : gap === null || !certain
      ? t("journeyPages.compareSame", values)
      : t(gap > 0 ? "journeyPages.compareSlower" : "journeyPages.compareFaster", values);
  return (
    <Figure
      id="compare"
      title={finding}
      subtitle={`${t("journeyPages.compareMeasure")} · ${note}`}
      definition={t("journeyPages.compareDefinition")}
      sheet={() => sheetOf(report)}
    >
      <Summary report={report} names={names} />
      {report.reason !== "no_cases" && <Edges report={report} names={names} />}
    </Figure>
  );
}

interface SummaryRow {
  key: string;
  first: string;
  second: string;
  range: string;
}

function Summary({ report, names }: { report: Comparison; names: Names }) {
  const { t } = useTranslation();
  const format = useFormat();
  const days = (value: number | null) => (value === null ? "–" : format.duration(value * 86_400));
  const share = (value: number | null) => (value === null ? "–" : format.share(value));
  const { slow_share_low: low, slow_share_high: high, slow_share_difference: gap } = report;
  const range =
    gap === null || low === null || high === null
      ? "–"
      : t("journeys.range", {
          value: format.signed(100 * gap),
          low: format.signed(100 * low),
          high: format.signed(100 * high),
        });
  const rows: SummaryRow[] = [
    { key: "cases", first: format.whole(report.first.cases), second: format.whole(report.second.cases), range: "" },
    {
      key: "median",
      first: days(report.first.duration_days.p50),
      second: days(report.second.duration_days.p50),
      range: "",
    },
    {
      key: "p95",
      first: days(report.first.duration_days.p95),
      second: days(report.second.duration_days.p95),
      range: "",
    },
    { key: "slow", first: share(report.slow_share_first), second: share(report.slow_share_second), range },
  ];
  const columns: Column<SummaryRow>[] = [
    { key: "figure", title: t("journeyPages.figure"), cell: (row) => t(`journeyPages.compared.${row.key}`) },
    { key: "first", title: names[0], number: true, cell: (row) => row.first },
    { key: "second", title: names[1], number: true, cell: (row) => row.second },
    { key: "range", title: t("journeys.difference"), number: true, cell: (row) => row.range },
  ];
  return (
    <DataTable caption={t("journeyPages.compared.caption")} columns={columns} rows={rows} rowKey={(row) => row.key} />
  );
}

type EdgeRow = Comparison["edges"][number];

function Edges({ report, names }: { report: Comparison; names: Names }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const rows = report.edges.slice(0, SHOWN);
  const widest = Math.max(
    ...rows.flatMap((row) => [Math.abs(row.difference_low ?? 0), Math.abs(row.difference_high ?? 0)]),
    1,
  );
  const wait = (value: number | null) => (value === null ? "–" : format.duration(value));
  const columns: Column<EdgeRow>[] = [
    { key: "place", title: t("journeys.where"), cell: (row) => pathName(name, row) },
    {
      key: "difference",
      title: t("journeyPages.waitDifference"),
      width: "34%",
      cell: (row) => (
        <DifferenceBar
          value={row.difference}
          low={row.difference_low}
          high={row.difference_high}
          widest={widest}
          text={(value) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${format.duration(Math.abs(value))}`}
        />
      ),
    },
    { key: "first", title: names[0], number: true, wide: true, cell: (row) => wait(row.first_seconds_per_case) },
    { key: "second", title: names[1], number: true, wide: true, cell: (row) => wait(row.second_seconds_per_case) },
  ];
  return (
    <>
      <h4 className="block">{t("journeyPages.edgesOf", { first: names[0], second: names[1] })}</h4>
      <DataTable
        caption={t("journeyPages.waitDifference")}
        columns={columns}
        rows={rows}
        rowKey={(row) => `${row.from}\u0000${row.to}`}
      />
    </>
  );
}

function sheetOf(report: Comparison) {
  return {
    name: "comparison",
    header: [
      "from",
      "to",
      "first_cases",
      "second_cases",
      "first_seconds",
      "second_seconds",
      "difference",
      "low",
      "high",
    ],
    rows: report.edges.map((row) => [
      row.from,
      row.to,
      row.first_cases,
      row.second_cases,
      row.first_seconds_per_case,
      row.second_seconds_per_case,
      row.difference,
      row.difference_low,
      row.difference_high,
    ]),
  };
}
