import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";
import { valueText } from "./figures";
import type { Moment } from "./Sparkline";
import { niceAxis, unbroken } from "./trend";
import type { Figure, Unit } from "./types";

const WIDTH = 640;
const HEIGHT = 260;
const LEFT = 64;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 34;

interface Props {
  moments: Moment[];
  unit: Unit;
  target: number | undefined;
  label: string;
}

type Known = { at: number; since_us: number; figure: Figure; value: number };

/** A figure over time with its interval as a band and its target as a dashed line; missing periods stay empty. */
export function TrendChart({ moments, unit, target, label }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const title = useId();
  const known = moments.flatMap(({ since_us, figure }, at): Known[] =>
    figure?.rankable && figure.value !== null ? [{ at, since_us, figure, value: figure.value }] : [],
  );
  const [low, high, ticks] = niceAxis(
    known.flatMap(({ figure, value }) => [figure.low ?? value, figure.high ?? value]).concat(target ?? []),
    unit,
  );
  const x = (at: number) => LEFT + ((WIDTH - LEFT - RIGHT) * (at + 0.5)) / Math.max(1, moments.length);
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low || 1));
  const every = Math.ceil(moments.length / 6);
  return (
    <svg className="trend" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={title}>
      <title id={title}>{label}</title>
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} className="grid" />
          <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end" className="tick">
            {valueText(tick, unit, format).replace(/[.]0+(?!\d)/, "")}
          </text>
        </g>
      ))}
      {moments.map(({ since_us }, at) =>
        at % every === 0 ? (
          <text key={since_us} x={x(at)} y={HEIGHT - 10} textAnchor="middle" className="tick">
            {format.month(new Date(since_us / 1000))}
          </text>
        ) : null,
      )}
      {unbroken(known).map((run) => (
        <Run key={run[0]?.at} run={run} x={x} y={y} />
      ))}
      {target !== undefined && (
        <>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(target)} y2={y(target)} className="target" />
          <text x={WIDTH - RIGHT} y={y(target) - 6} textAnchor="end" className="tick target-word">
            {t("quality.target", { value: valueText(target, unit, format) })}
          </text>
        </>
      )}
    </svg>
  );
}

function Run({ run, x, y }: { run: Known[]; x: (at: number) => number; y: (value: number) => number }) {
  const upper = run.map((m) => `${x(m.at)} ${y(m.figure.high ?? m.value)}`);
  const lower = [...run].reverse().map((m) => `${x(m.at)} ${y(m.figure.low ?? m.value)}`);
  return (
    <g>
      <path className="band" d={`M${upper.join("L")}L${lower.join("L")}Z`} />
      <path className="course" d={`M${run.map((m) => `${x(m.at)} ${y(m.value)}`).join("L")}`} />
      {run.map((m) => (
        <circle key={m.at} cx={x(m.at)} cy={y(m.value)} r={3} className="dot" />
      ))}
    </g>
  );
}
