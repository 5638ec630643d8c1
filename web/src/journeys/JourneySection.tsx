import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import { Failure, Loading } from "../shared/states";
import {
  type Bottleneck,
  type Choice,
  type Listed,
  type Summary,
  useBottlenecks,
  useMap,
  useRework,
  useSlow,
  useSummary,
  useVariants,
} from "./api";
import { Bottlenecks } from "./Bottlenecks";
import { CasesPanel } from "./Cases";
import { MapPanel } from "./MapPanel";
import { type Measure, measures } from "./map/graph";
import { SlowTable } from "./Slow";
import { ReworkTable, Variants } from "./Variants";

interface Props {
  journeys: Listed[];
  choice: Choice;
  title: string;
  period: string;
  params: URLSearchParams;
  change: (changes: Record<string, string | null>) => void;
}

/** One journey: where it waits, how it runs, what is done twice, what the slow ones share. */
export function JourneySection({ journeys, choice, title, period, params, change }: Props) {
  const { t } = useTranslation();
  const summary = useSummary(choice);
  const map = useMap(choice);
  const bottlenecks = useBottlenecks(choice);
  const variants = useVariants(choice);
  const rework = useRework(choice);
  const slow = useSlow(choice);
  const [hovered, setHovered] = useState<string | null>(null);
  const [behind, setBehind] = useState<Bottleneck | null>(null);
  const marked: ReadonlySet<string> = new Set(hovered === null ? [] : [hovered]);
  const asked = params.get("measure") as Measure | null;
  const measure = asked && measures.includes(asked) ? asked : "total";
  const note = useNote(period, summary);

  return (
    <section className="section" aria-labelledby="journey-title" id="journey">
      <header className="section-head">
        <div>
          <h2 id="journey-title">{t("journeys.title", { journey: title })}</h2>
          <SummaryLine summary={summary.data} />
        </div>
        <Pickers journeys={journeys} choice={choice} change={change} />
      </header>
      {settled(map, 560, (picture) => (
        <MapPanel
          picture={picture}
          title={title}
          note={note}
          hovered={hovered}
          onHover={setHovered}
          measure={measure}
          steps={shareOf(params.get("steps"))}
          paths={shareOf(params.get("paths"))}
          change={change}
        />
      ))}
      {settled(bottlenecks, 360, (rows) => (
        <Bottlenecks rows={rows} note={note} marked={marked} onHover={setHovered} onCases={setBehind} />
      ))}
      {settled(summary, 320, ({ variants: total }) =>
        settled(variants, 320, (rows) => <Variants rows={rows} total={total} note={note} />),
      )}
      <div className="side-by-side">
        {settled(rework, 320, (rows) => (
          <ReworkTable rows={rows} note={note} />
        ))}
        {settled(slow, 320, (report) => (
          <SlowTable report={report} note={note} />
        ))}
      </div>
      <CasesPanel choice={choice} edge={behind} close={() => setBehind(null)} />
    </section>
  );
}

/** Period and n under every figure; as long as n is not known, it says so instead of naming a number. */
export function useNote(period: string, summary: Settling<Summary>): string {
  const { t } = useTranslation();
  const format = useFormat();
  if (summary.data) return t("journeys.note", { period, n: format.whole(summary.data.cases) });
  return summary.isError ? period : t("journeys.noteCounting", { period });
}

/** The whole journey in one line. */
export function SummaryLine({ summary }: { summary: Summary | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!summary) return <p className="soft">{"\u00a0"}</p>;
  return (
    <p className="soft">
      {t("journeys.summary", {
        cases: format.whole(summary.cases),
        events: format.whole(summary.events),
        variants: format.whole(summary.variants),
        p50: format.duration(summary.duration_days.p50 * 86_400),
        p95: format.duration(summary.duration_days.p95 * 86_400),
        handovers: format.decimal(summary.handovers_per_case.mean),
      })}
    </p>
  );
}

export interface Settling<Data> {
  data: Data | undefined;
  error: unknown;
  isError: boolean;
  refetch: () => unknown;
}

/** Each part stands on its own: one that fails leaves the others readable. */
export function settled<Data>(
  answer: Settling<Data>,
  height: number,
  show: (data: Data) => React.ReactNode,
): React.ReactNode {
  if (answer.isError) return <Failure error={answer.error} retry={() => void answer.refetch()} />;
  return answer.data === undefined ? <Loading lines={6} height={height} /> : show(answer.data);
}

export function shareOf(text: string | null): number | null {
  const value = Number(text);
  return text !== null && value > 0 && value <= 1 ? value : null;
}

/** Known journeys are named within sentences; alone they begin with a capital. A name from a file stays as it is. */
function titleOf(key: string, name: string): string {
  return name === key ? key : name.charAt(0).toLocaleUpperCase() + name.slice(1);
}

export function Pickers({ journeys, choice, change }: Pick<Props, "journeys" | "choice" | "change">) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const listed = journeys.find((journey) => journey.name === choice.name);
  return (
    <div className="filters">
      <Select
        id="pick-journey"
        aria-label={t("journeys.pick")}
        className="filter"
        value={choice.name}
        options={journeys.map(({ name }) => ({ value: name, label: titleOf(name, nameOf("journey", name)) }))}
        onChange={(journey) => change({ journey, lifecycle: null, steps: null, paths: null })}
        popupMatchSelectWidth={false}
      />
      {listed && listed.lifecycles.length > 1 && (
        <Select
          id="pick-lifecycle"
          aria-label={t("journeys.lifecycle")}
          className="filter"
          allowClear
          placeholder={t("journeys.everyLifecycle")}
          value={choice.lifecycle ?? null}
          options={listed.lifecycles.map((value) => ({ value, label: t(`journeys.lifecycles.${value}`, value) }))}
          onChange={(lifecycle) => change({ lifecycle: lifecycle ?? null })}
          popupMatchSelectWidth={false}
        />
      )}
    </div>
  );
}
