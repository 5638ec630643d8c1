import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../access/session";
import { useAddress } from "../../shared/address";
import { ExportMenu } from "../../shared/exporting/ExportMenu";
import { useFormat } from "../../shared/format";
import { SidePanel } from "../../shared/SidePanel";
import { Empty, Failure, Loading } from "../../shared/states";
import { type Branch, linesOf, type Organisation, treeOf, type Unit, unitName, useOrganisation } from "../organisation";
import { ChangeForm } from "./ChangeForm";
import { History } from "./History";

/** The organisation as a dated tree: as it stood on any day, what changed, and changes from a day on. */
export default function BranchesTab() {
  const { t } = useTranslation();
  const { params, change } = useAddress();
  const on = params.get("on");
  const organisation = useOrganisation(on);
  const format = useFormat();
  if (organisation.isError) return <Failure error={organisation.error} retry={() => void organisation.refetch()} />;
  if (!organisation.data) return <Loading lines={12} height={560} />;
  const { units, on: day } = organisation.data;
  const open = units.filter((unit) => unit.open).length;
  return (
    <>
      <p className="answer">
        {t("settings.branches.answer", { day: format.day(new Date(`${day}T12:00:00`)), count: open })}
      </p>
      <p className="soft measure-width">{t("settings.branches.about")}</p>
      <div className="filters-row">
        <div className="field">
          <label htmlFor="as-on">{t("settings.branches.on")}</label>
          <input id="as-on" type="date" value={on ?? day} onChange={(event) => change({ on: event.target.value })} />
        </div>
      </div>
      <Standing organisation={organisation.data} />
    </>
  );
}

function Standing({ organisation }: { organisation: Organisation }) {
  const { t } = useTranslation();
  const { has } = useSession();
  const queries = useQueryClient();
  const [unit, setUnit] = useState<Unit | "new" | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: ["organisation"] });
  const tree = treeOf(organisation.units.filter((one) => one.open));
  const gone = organisation.units.filter((one) => !one.open);
  const manages = has("settings:manage");
  const pick = manages ? setUnit : undefined;
  return (
    <>
      <header className="figure-head">
        <h2>{t("settings.branches.tree")}</h2>
        <span className="figure-tools">
          {manages && (
            <button type="button" className="quiet small" onClick={() => setUnit("new")}>
              {t("settings.branches.open")}
            </button>
          )}
          <UnitExport organisation={organisation} />
        </span>
      </header>
      {tree.length > 0 ? (
        <div className="tree">
          <Level branches={tree} pick={pick} />
        </div>
      ) : (
        <Empty title={t("settings.branches.none")}>
          <p className="soft measure-width">{t("settings.branches.noneDo")}</p>
        </Empty>
      )}
      {gone.length > 0 && (
        <details className="definition">
          <summary>{t("settings.branches.gone", { count: gone.length })}</summary>
          <ul>
            {gone.map((one) => (
              <li key={one.unit}>
                <UnitLine unit={one} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <History changes={organisation.changes} units={organisation.units} />
      <SidePanel
        title={t(unit === "new" ? "settings.branches.open" : "settings.branches.change")}
        open={unit !== null}
        close={() => setUnit(null)}
      >
        {unit && <ChangeForm unit={unit === "new" ? null : unit} changed={refresh} />}
      </SidePanel>
    </>
  );
}

function Level({ branches, pick }: { branches: Branch[]; pick?: (unit: Unit) => void }) {
  return (
    <ul>
      {branches.map(({ unit, below }) => (
        <li key={unit.unit}>
          <UnitLine unit={unit} pick={pick} />
          {below.length > 0 && <Level branches={below} pick={pick} />}
        </li>
      ))}
    </ul>
  );
}

function UnitLine({ unit, pick }: { unit: Unit; pick?: (unit: Unit) => void }) {
  const { t, i18n } = useTranslation();
  const name = unitName(unit, i18n.language);
  return (
    <div className="unit">
      {pick ? (
        <button type="button" className="unit-name" onClick={() => pick(unit)}>
          {name}
        </button>
      ) : (
        <span>{name}</span>
      )}
      <span className="soft">
        {unit.unit} · {t(`settings.branches.level.${unit.level}`)}
        {unit.merged_into && ` · ${t("settings.branches.mergedInto", { unit: unit.merged_into })}`}
      </span>
    </div>
  );
}

function UnitExport({ organisation }: { organisation: Organisation }) {
  const { t, i18n } = useTranslation();
  return (
    <ExportMenu
      name="units"
      title={t("settings.branches.tree")}
      table={() => ({
        title: t("settings.branches.tree"),
        columns: [
          { key: "unit", title: t("settings.branches.code"), kind: "text" },
          { key: "name", title: t("settings.branches.name"), kind: "text" },
          { key: "level", title: t("settings.branches.levelTitle"), kind: "text" },
          { key: "parent", title: t("settings.branches.parent"), kind: "text" },
        ],
        rows: linesOf(treeOf(organisation.units.filter((one) => one.open))).map(({ unit }) => [
          unit.unit,
          unitName(unit, i18n.language),
          t(`settings.branches.level.${unit.level}`),
          unit.parent,
        ]),
      })}
    />
  );
}
