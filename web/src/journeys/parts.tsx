import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import { Failure, Loading } from "../shared/states";
import type { Choice, Listed, Summary } from "./api";

interface PickersProps {
  journeys: Listed[];
  choice: Choice;
  change: (changes: Record<string, string | null>) => void;
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

export function Pickers({ journeys, choice, change }: PickersProps) {
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
