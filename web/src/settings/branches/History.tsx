import { useState } from "react";
import { useTranslation } from "react-i18next";
import { DataTable } from "../../shared/DataTable";
import { useFormat } from "../../shared/format";
import { type Unit, type UnitChange, unitName } from "../organisation";

const SHOWN = 20;

/** Every dated change of the organisation, newest first. */
export function History({ changes, units }: { changes: UnitChange[]; units: Unit[] }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const [all, setAll] = useState(false);
  const named = (code: string | undefined) => {
    const unit = units.find((one) => one.unit === code);
    return unit ? `${unitName(unit, i18n.language)} (${unit.unit})` : (code ?? "");
  };
  const what = ({ act, facts }: UnitChange) => {
    const name = i18n.language === "zh-CN" ? facts.name_zh : facts.name_en;
    return t(`settings.branches.did.${act}`, { name, parent: named(facts.parent), into: named(facts.into) });
  };
  if (changes.length === 0) return null;
  return (
    <section className="block-section" aria-labelledby="history">
      <h2 id="history">{t("settings.branches.history")}</h2>
      <DataTable
        caption={t("settings.branches.history")}
        rows={all ? changes : changes.slice(0, SHOWN)}
        rowKey={(change) => `${change.recorded}${change.unit}${change.act}`}
        columns={[
          { key: "unit", title: t("settings.branches.unit"), cell: (change) => named(change.unit) },
          {
            key: "from",
            title: t("settings.branches.from"),
            cell: (change) => format.day(new Date(`${change.valid_from}T12:00:00`)),
          },
          { key: "what", title: t("settings.branches.what"), cell: what },
          {
            key: "by",
            title: t("settings.branches.by"),
            wide: true,
            cell: (change) => change.by ?? t("settings.branches.byFile"),
          },
        ]}
      />
      {changes.length > SHOWN && !all && (
        <p className="row">
          <button type="button" className="quiet small" onClick={() => setAll(true)}>
            {t("settings.branches.all", { count: changes.length })}
          </button>
        </p>
      )}
    </section>
  );
}
