import { useTranslation } from "react-i18next";
import { useMembers } from "../quality/api";
import { inLanguage } from "../quality/types";
import { type Column, DataTable } from "../shared/DataTable";
import { Figure, type Sheet } from "../shared/Figure";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import type { SlowAttribute, SlowReport } from "./api";

/** An attribute and its value in words: steps and units by their names, members of `data` without the prefix. */
function useAttributeWords(): (row: SlowAttribute) => string {
  const { i18n } = useTranslation();
  const name = useNames();
  const units = useMembers("branch");
  return ({ attribute, value }) => {
    const unit = attribute === "org" ? units.data?.groups.find((group) => group.key === value)?.name : null;
    const said = unit ? inLanguage(unit, i18n.language) : name(attribute === "step" ? "step" : "member", value);
    return `${name("attribute", attribute.replace(/^data\./, ""))}: ${said}`;
  };
}

/** What the slow cases have in common, certain differences first. */
export function SlowTable({ report, note }: { report: SlowReport; note: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const wordsOf = useAttributeWords();
  const rows = report.attributes.filter((row) => row.rank !== null && row.difference_low > 0).slice(0, 8);
  const worst = rows[0];
  const columns = useColumns(wordsOf);
  return (
    <Figure
      id="slow"
      title={
        worst
          ? t("journeys.slowFinding", {
              what: wordsOf(worst),
              lift: format.decimal(worst.lift),
            })
          : t("journeys.slowNone")
      }
      subtitle={`${t("journeys.slowMeasure", { percent: report.slower_than, days: format.duration(report.threshold_days * 86_400) })} · ${note}`}
      definition={t("journeys.slowDefinition")}
      sheet={() => sheetOf(report)}
    >
      {worst && (
        <DataTable
          caption={t("journeys.slow")}
          columns={columns}
          rows={rows}
          rowKey={(row) => `${row.attribute}\u0000${row.value}`}
        />
      )}
    </Figure>
  );
}

/** How common an attribute is among the slow cases and the others, and the difference with its interval. */
function useColumns(wordsOf: (row: SlowAttribute) => string): Column<SlowAttribute>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    {
      key: "what",
      title: t("journeys.attribute"),
      cell: (row) => wordsOf(row),
    },
    { key: "share", title: t("journeys.slowShare"), number: true, cell: (row) => format.share(row.share, 0) },
    {
      key: "other",
      title: t("journeys.otherShare"),
      number: true,
      wide: true,
      cell: (row) => format.share(row.other_share, 0),
    },
    {
      key: "difference",
      title: t("journeys.difference"),
      number: true,
      cell: (row) =>
        t("journeys.range", {
          value: format.signed(row.difference * 100, 0),
          low: format.signed(row.difference_low * 100, 0),
          high: format.signed(row.difference_high * 100, 0),
        }),
    },
    { key: "n", title: t("journeys.cases"), number: true, cell: (row) => format.whole(row.n) },
  ];
}

/** Every attribute, the uncertain ones too. */
function sheetOf(report: SlowReport): Sheet {
  return {
    name: "slow-cases",
    header: ["attribute", "value", "n", "slow_share", "other_share", "difference", "low", "high", "lift"],
    rows: report.attributes.map((row) => [
      row.attribute,
      row.value,
      row.n,
      row.share,
      row.other_share,
      row.difference,
      row.difference_low,
      row.difference_high,
      row.lift,
    ]),
  };
}
