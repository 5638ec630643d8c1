import { Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Filters } from "../shared/address";
import { downloadCsv } from "../shared/csv";
import { spanOf } from "../shared/period";
import { Empty, Failure, Loading } from "../shared/states";
import { stepOf, type TrendStep, useDefinitions, useQuality, useTrend } from "./api";
import { ContactsPanel, DefinitionPanel } from "./Drawers";
import { FigureLines } from "./FigureLines";
import { mainFigures } from "./figures";
import { type Definition, type Figure, inLanguage, type Scope } from "./types";

/** The quality figures of the selection, with what the record does not hold yet named instead of hidden. */
export function QualitySection({ filters, period }: { filters: Filters; period: string }) {
  const { t, i18n } = useTranslation();
  const quality = useQuality(filters);
  const trend = useTrend(filters, trendStep(filters, quality.data?.scope));
  const definitions = useDefinitions();
  const [all, setAll] = useState(false);
  const [defined, setDefined] = useState<string | null>(null);
  const [behind, setBehind] = useState<Figure | null>(null);
  const names = useMemo(() => new Map((definitions.data ?? []).map((one) => [one.id, one])), [definitions.data]);
  const nameOf = (figure: Figure) => {
    const definition = names.get(figure.definition) ?? names.get(figure.id);
    return definition ? inLanguage(definition.name, i18n.language) : figure.id;
  };

  if (quality.isError) return <Failure error={quality.error} retry={() => void quality.refetch()} />;
  if (!quality.data) return <Loading lines={10} height={640} />;
  const figures = Object.values(quality.data.figures);
  const main = mainFigures.flatMap((id) => quality.data.figures[id] ?? []);
  const known = (all ? ordered(figures, definitions.data) : main).filter((figure) => figure.n > 0);
  const absent = main.filter((figure) => figure.n === 0);

  return (
    <section className="section" aria-labelledby="quality-title" id="quality">
      <header className="section-head">
        <div>
          <h2 id="quality-title">{t("quality.title")}</h2>
          <p className="soft">{t("quality.subtitle", { period })}</p>
        </div>
        <div className="figure-tools">
          <Button size="small" type="text" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t("quality.fewer") : t("quality.all", { count: figures.filter((figure) => figure.n > 0).length })}
          </Button>
          <Button size="small" type="text" onClick={() => exportFigures(figures, nameOf)}>
            {t("shared.csv")}
          </Button>
        </div>
      </header>
      {known.length > 0 ? (
        <FigureLines
          figures={known}
          trend={trend.data}
          definitions={definitions.data ?? []}
          onDefinition={setDefined}
          onContacts={setBehind}
        />
      ) : (
        <Empty title={t("quality.nothing")}>
          <p className="soft">{t("quality.nothingDo")}</p>
        </Empty>
      )}
      {known.length > 0 && absent.length > 0 && (
        <p className="soft absent">{t("quality.absent", { names: absent.map(nameOf).join(t("shared.comma")) })}</p>
      )}
      <DefinitionPanel definition={defined === null ? undefined : names.get(defined)} close={() => setDefined(null)} />
      <ContactsPanel
        title={behind ? t("quality.contactsOf", { name: nameOf(behind) }) : ""}
        address={behind?.contacts ?? null}
        close={() => setBehind(null)}
      />
    </section>
  );
}

function trendStep(filters: Filters, scope: Scope | undefined): TrendStep | null {
  if (!scope || scope.first_us === null || scope.last_us === null) return null;
  const { since, until } = spanOf(filters);
  return stepOf(since ? Date.parse(since) * 1000 : scope.first_us, until ? Date.parse(until) * 1000 : scope.last_us);
}

/** All figures in the order of their definitions, which groups them by what they are counted from. */
function ordered(figures: Figure[], definitions: Definition[] | undefined): Figure[] {
  const place = new Map((definitions ?? []).map((definition, at) => [definition.id, at]));
  return [...figures].sort((a, b) => (place.get(a.id) ?? 999) - (place.get(b.id) ?? 999));
}

function exportFigures(figures: Figure[], nameOf: (figure: Figure) => string): void {
  downloadCsv(
    "quality",
    ["id", "name", "value", "low", "high", "n", "unit"],
    figures.map((one) => [one.id, nameOf(one), one.value, one.low, one.high, one.n, one.unit]),
  );
}
