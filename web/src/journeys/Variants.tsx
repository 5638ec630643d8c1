import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../shared/DataTable";
import { Figure } from "../shared/Figure";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import type { Rework, Variant } from "./api";

const STEPS_SHOWN = 8;

/** The ways cases really take, most travelled first. */
export function Variants({ rows, total, note }: { rows: Variant[]; total: number; note: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const longest = rows[0]?.share ?? 1;
  const covered = rows.at(-1)?.cumulative_share ?? 0;
  const columns: Column<Variant>[] = [
    { key: "steps", title: t("journeys.way"), cell: (row) => <Steps names={row.activities} /> },
    {
      key: "share",
      title: t("journeys.shareOfCases"),
      width: "24%",
      cell: (row) => (
        <span className="share-bar">
          <span className="bar" aria-hidden="true">
            <span className="bar-fill count" style={{ width: `${(100 * row.share) / longest}%` }} />
          </span>
          <span className="bar-figure">{format.share(row.share)}</span>
        </span>
      ),
    },
    { key: "cases", title: t("journeys.cases"), number: true, cell: (row) => format.whole(row.cases) },
    {
      key: "sum",
      title: t("journeys.covered"),
      number: true,
      wide: true,
      cell: (row) => format.share(row.cumulative_share),
    },
  ];
  return (
    <Figure
      id="variants"
      title={t("journeys.variantsFinding", {
        shown: format.whole(rows.length),
        share: format.share(covered, 0),
        total: format.whole(total),
      })}
      subtitle={`${t("journeys.variantsMeasure")} · ${note}`}
      definition={t("journeys.variantsDefinition")}
      sheet={() => ({
        name: "variants",
        header: ["activities", "cases", "share", "cumulative_share"],
        rows: rows.map((row) => [row.activities.join(" > "), row.cases, row.share, row.cumulative_share]),
      })}
    >
      <DataTable
        caption={t("journeys.variants")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.activities.join("\u0000")}
      />
    </Figure>
  );
}

/** A sequence of steps; the middle of a long one is folded, repeats in a row are counted. */
function Steps({ names }: { names: string[] }) {
  const { t } = useTranslation();
  const title = useNames();
  const runs: { name: string; times: number; at: number }[] = [];
  names.forEach((name, at) => {
    const last = runs.at(-1);
    if (last?.name === name) last.times += 1;
    else runs.push({ name, times: 1, at });
  });
  const folded = runs.length > STEPS_SHOWN ? runs.length - STEPS_SHOWN + 1 : 0;
  const shown = folded ? [...runs.slice(0, 4), null, ...runs.slice(4 + folded)] : runs;
  return (
    <span className="steps" title={names.map((name) => title("step", name)).join(" → ")}>
      {shown.map((run) =>
        run === null ? (
          <span key="fold" className="soft">
            {t("journeys.moreSteps", { count: folded })}
          </span>
        ) : (
          <span key={run.at} className="step">
            {title("step", run.name)}
            {run.times > 1 && <span className="soft"> ×{run.times}</span>}
          </span>
        ),
      )}
    </span>
  );
}

/** What had to be done again. */
export function ReworkTable({ rows, note }: { rows: Rework[]; note: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const repeated = rows.filter((row) => row.extra_executions > 0).slice(0, 10);
  const worst = repeated[0];
  const columns: Column<Rework>[] = [
    { key: "step", title: t("journeys.step"), cell: (row) => name("step", row.activity) },
    {
      key: "share",
      title: t("journeys.casesWithRepeat"),
      number: true,
      cell: (row) => `${format.share(row.cases ? row.cases_with_repeat / row.cases : 0)}`,
    },
    { key: "n", title: t("journeys.cases"), number: true, wide: true, cell: (row) => format.whole(row.cases) },
    { key: "extra", title: t("journeys.extra"), number: true, cell: (row) => format.whole(row.extra_executions) },
  ];
  return (
    <Figure
      id="rework"
      title={
        worst
          ? t("journeys.reworkFinding", {
              step: name("step", worst.activity),
              share: format.share(worst.cases_with_repeat / worst.cases, 0),
            })
          : t("journeys.reworkNone")
      }
      subtitle={`${t("journeys.reworkMeasure")} · ${note}`}
      definition={t("journeys.reworkDefinition")}
      sheet={() => ({
        name: "rework",
        header: ["activity", "cases", "cases_with_repeat", "extra_executions"],
        rows: rows.map((row) => [row.activity, row.cases, row.cases_with_repeat, row.extra_executions]),
      })}
    >
      {worst && (
        <DataTable caption={t("journeys.rework")} columns={columns} rows={repeated} rowKey={(row) => row.activity} />
      )}
    </Figure>
  );
}
