import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Interval } from "../quality/Interval";
import type { Group } from "../quality/types";
import { unitName, useOrganisation } from "../settings/organisation";
import { DataTable } from "../shared/DataTable";
import { ExportMenu } from "../shared/exporting/ExportMenu";
import { useFormat } from "../shared/format";

const TIMELY = "complaints.timely_share";
const DISPUTED = "complaints.disputed_share";

/** Complaints by unit, most first. Units with few complaints stand in the list, but nothing is concluded from them. */
export function ByUnit({ groups }: { groups: Group[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useUnitNames();
  const rows = groups
    .filter((group) => (group.figures["complaints.count"]?.n ?? 0) > 0)
    .sort((one, other) => count(other) - count(one));
  if (rows.length === 0) return null;
  return (
    <section className="section" aria-labelledby="by-unit">
      <header className="section-head">
        <div>
          <h2 id="by-unit">{t("trust.protection.byUnit")}</h2>
          <p className="soft">{t("trust.protection.byUnitSubtitle")}</p>
        </div>
        <UnitsExport rows={rows} nameOf={nameOf} />
      </header>
      <DataTable
        caption={t("trust.protection.byUnit")}
        rows={rows}
        rowKey={(group) => String(group.key)}
        columns={[
          {
            key: "unit",
            title: t("settings.branches.unit"),
            cell: (group) => (
              <Link to={`/contacts?${new URLSearchParams({ kind: "complaint.", unit: String(group.key) })}`}>
                {nameOf(group)}
              </Link>
            ),
          },
          {
            key: "n",
            title: t("trust.protection.complaints"),
            number: true,
            cell: (group) => format.whole(count(group)),
          },
          {
            key: "timely",
            title: t("trust.protection.timely"),
            number: true,
            cell: (group) => shareOf(group, TIMELY, format.share),
          },
          {
            key: "sure",
            title: t("quality.howSure"),
            wide: true,
            cell: (group) => {
              const figure = group.figures[TIMELY];
              if (!figure || figure.value === null) return null;
              return figure.rankable ? <Interval figure={figure} /> : <span className="soft">{t("quality.few")}</span>;
            },
          },
          {
            key: "disputed",
            title: t("trust.protection.disputedShort"),
            number: true,
            wide: true,
            cell: (group) => shareOf(group, DISPUTED, format.share),
          },
        ]}
      />
    </section>
  );
}

const count = (group: Group): number => group.figures["complaints.count"]?.n ?? 0;

function shareOf(group: Group, id: string, share: (value: number, digits?: number) => string): string {
  const value = group.figures[id]?.value;
  return value === null || value === undefined ? "–" : share(value, 0);
}

function useUnitNames(): (group: Group) => string {
  const { t, i18n } = useTranslation();
  const organisation = useOrganisation();
  return (group) => {
    if (!group.key) return t("trust.protection.noUnit");
    const unit = organisation.data?.units.find((one) => one.unit === group.key);
    return unit ? unitName(unit, i18n.language) : String(group.key);
  };
}

function UnitsExport({ rows, nameOf }: { rows: Group[]; nameOf: (group: Group) => string }) {
  const { t } = useTranslation();
  return (
    <ExportMenu
      name="complaints-by-unit"
      title={t("trust.protection.byUnit")}
      table={() => ({
        title: t("trust.protection.byUnit"),
        columns: [
          { key: "unit", title: t("settings.branches.unit"), kind: "text" },
          { key: "n", title: t("trust.protection.complaints"), kind: "number" },
          { key: "timely", title: t("trust.protection.timely"), kind: "share" },
          { key: "disputed", title: t("trust.protection.disputedShort"), kind: "share" },
        ],
        rows: rows.map((group) => [
          nameOf(group),
          count(group),
          group.figures[TIMELY]?.value ?? null,
          group.figures[DISPUTED]?.value ?? null,
        ]),
      })}
    />
  );
}
