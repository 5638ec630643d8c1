import { useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";
import { valueText } from "./figures";
import { unbroken } from "./trend";
import type { Figure } from "./types";

export interface Moment {
  since_us: number;
  figure: Figure | undefined;
}

const WIDTH = 160;
const HEIGHT = 40;

/** The course of a figure with its interval as a band; periods with too few contacts leave a gap. */
export function Sparkline({ moments }: { moments: Moment[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const known = moments.flatMap(({ since_us, figure }, at) =>
    figure?.rankable && figure.value !== null ? [{ at, since_us, figure, value: figure.value }] : [],
  );
  const first = known[0];
  const last = known.at(-1);
  if (!first || !last || known.length < 3) return <span className="soft">{t("quality.noTrend")}</span>;
  const ends = known.flatMap(({ figure, value }) => [figure.low ?? value, figure.high ?? value]);
  const [lowest, highest] = range(ends, first.figure);
  const x = (at: number) => 3 + ((WIDTH - 9) * at) / Math.max(1, moments.length - 1);
  const y = (value: number) => 3 + (HEIGHT - 6) * (1 - (value - lowest) / (highest - lowest));
  const runs = unbroken(known);
  const month = (us: number) => format.month(new Date(us / 1000));
  const label = t("quality.trendLabel", {
    from: valueText(first.value, first.figure.unit, format),
    fromWhen: month(first.since_us),
    to: valueText(last.value, last.figure.unit, format),
    toWhen: month(last.since_us),
  });
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {runs.map((run) => (
        <g key={run[0]?.at}>
          <path
            className="band"
            d={`M${run.map((m) => `${x(m.at)} ${y(m.figure.high ?? m.value)}`).join("L")}L${[...run]
              .reverse()
              .map((m) => `${x(m.at)} ${y(m.figure.low ?? m.value)}`)
              .join("L")}Z`}
          />
          <path className="course" d={`M${run.map((m) => `${x(m.at)} ${y(m.value)}`).join("L")}`} />
        </g>
      ))}
      <circle cx={x(last.at)} cy={y(last.value)} r={3} className="dot" />
    </svg>
  );
}

/** At least a tenth of the scale is shown, so that noise does not look like a mountain. */
function range(ends: number[], figure: Figure): [number, number] {
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const least = figure.unit === "share" ? 0.1 : figure.unit === "points" ? 20 : Math.abs(high) * 0.2 || 1;
  const spare = Math.max(0, least - (high - low)) / 2;
  return [low - spare, high + spare];
}
