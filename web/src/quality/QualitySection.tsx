import { Button } from "antd";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Filters } from "../shared/address";
import { ExportMenu, type ExportTable } from "../shared/exporting/ExportMenu";
import { useFormat } from "../shared/format";
import { spanOf } from "../shared/period";
import { Empty, Failure, Loading } from "../shared/states";
import { stepOf, type TrendStep, useDefinitions, useQuality, useTrend } from "./api";
import { ContactsPanel, DefinitionPanel } from "./Drawers";
import { FigureLines } from "./FigureLines";
import { mainFigures } from "./figures";
import type { Moment } from "./Sparkline";
import { TrendPanel } from "./TrendPanel";
import { covered } from "./trend";
import "./quality.css";
import { type Definition, type Figure, inLanguage, type QualityFigures, type Scope } from "./types";

/** The quality figures of the selection, with what the record does not hold yet named instead of hidden. */
export function QualitySection({ filters, period }: { filters: Filters; period: string }) {
  const { t, i18n } = useTranslation();
  const quality = useQuality(filters);
  const trend = useTrend(filters, trendStep(filters, quality.data?.scope));
  const definitions = useDefinitions();
  const [all, setAll] = useState(false);
  const [defined, setDefined] = useState<string | null>(null);
  const [behind, setBehind] = useState<Figure | null>(null);
  const [course, setCourse] = useState<Figure | null>(null);
  const names = useMemo(() => new Map((definitions.data ?? []).map((one) => [one.id, one])), [definitions.data]);
  const nameOf = (figure: Figure) => {
    const definition = names.get(figure.definition) ?? names.get(figure.id);
    return definition ? inLanguage(definition.name, i18n.language) : figure.id;
  };

  if (quality.isError) return <Failure error={quality.error} retry={() => void quality.refetch()} />;
  if (!quality.data) return <Loading lines={10} height={640} />;
  const momentsOf = (figure: Figure): Moment[] =>
    (trend.data ? covered(trend.data) : []).map((group) => ({
      since_us: group.since_us ?? 0,
      figure: group.figures[figure.id],
    }));
  const figures = Object.values(quality.data.figures);
  const main = mainFigures.flatMap((id) => quality.data.figures[id] ?? []);
  const known = (all ? ordered(figures, definitions.data) : main).filter((figure) => figure.n > 0);
  const absent = main.filter((figure) => figure.n === 0);

  return (
    <section className="section" aria-labelledby="quality-title" id="quality">
      <Head period={period} all={all} known={figures.filter((figure) => figure.n > 0).length} show={setAll}>
        <Export figures={figures} nameOf={nameOf} />
      </Head>
      {known.length > 0 ? (
        <FigureLines
          figures={known}
          targets={quality.data.targets}
          momentsOf={momentsOf}
          definitions={definitions.data ?? []}
          onDefinition={setDefined}
          onContacts={setBehind}
          onTrend={setCourse}
        />
      ) : (
        <Empty title={t("quality.nothing")}>
          <p className="soft">{t("quality.nothingDo")}</p>
        </Empty>
      )}
      {known.length > 0 && absent.length > 0 && (
        <p className="soft absent">{t("quality.absent", { names: absent.map(nameOf).join(t("shared.comma")) })}</p>
      )}
      {known.length > 0 && <TargetsSource source={quality.data.targets_source} />}
      <TrendPanel
        figure={course}
        definition={course ? (names.get(course.definition) ?? names.get(course.id)) : undefined}
        moments={course ? momentsOf(course) : []}
        standing={course ? quality.data.targets[course.id] : undefined}
        close={() => setCourse(null)}
      />
      <DefinitionPanel definition={defined === null ? undefined : names.get(defined)} close={() => setDefined(null)} />
      <ContactsPanel
        title={behind ? t("quality.contactsOf", { name: nameOf(behind) }) : ""}
        address={behind?.contacts ?? null}
        close={() => setBehind(null)}
      />
    </section>
  );
}

function Export({ figures, nameOf }: { figures: Figure[]; nameOf: (figure: Figure) => string }) {
  const { t } = useTranslation();
  const title = t("quality.title");
  return <ExportMenu name="quality" title={title} table={() => tableOf(figures, nameOf, title)} />;
}

interface HeadProps {
  period: string;
  all: boolean;
  known: number;
  show: (all: boolean) => void;
  children: ReactNode;
}

function Head({ period, all, known, show, children }: HeadProps) {
  const { t } = useTranslation();
  return (
    <header className="section-head">
      <div>
        <h2 id="quality-title">{t("quality.title")}</h2>
        <p className="soft">{t("quality.subtitle", { period })}</p>
      </div>
      <div className="figure-tools">
        <Button size="small" type="text" aria-expanded={all} onClick={() => show(!all)}>
          {all ? t("quality.fewer") : t("quality.all", { count: known })}
        </Button>
        {children}
      </div>
    </header>
  );
}

/** Who set the targets, and since when they hold. */
function TargetsSource({ source }: { source: QualityFigures["targets_source"] }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return (
    <p className="soft">
      {t("quality.targetsSource", {
        source: inLanguage(source.source, i18n.language),
        day: format.day(new Date(`${source.effective_from}T12:00:00`)),
      })}
    </p>
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

/** Every figure as a row; values as numbers, with their unit beside them. */
function tableOf(figures: Figure[], nameOf: (figure: Figure) => string, title: string): ExportTable {
  return {
    title,
    columns: [
      { key: "id", title: "id", kind: "text" },
      { key: "name", title: "name", kind: "text" },
      { key: "value", title: "value", kind: "number" },
      { key: "low", title: "low", kind: "number" },
      { key: "high", title: "high", kind: "number" },
      { key: "n", title: "n", kind: "number" },
      { key: "unit", title: "unit", kind: "text" },
    ],
    rows: figures.map((one) => [one.id, nameOf(one), one.value, one.low, one.high, one.n, one.unit]),
  };
}
