import { useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";
import { axisOf, valueText } from "./figures";
import type { Figure } from "./types";

const WIDTH = 200;
const HEIGHT = 34;
const MIDDLE = 10;

/** A value and its 95 % interval on the axis of its unit: the dot is the value, the bar is how sure we are. */
export function Interval({ figure, target }: { figure: Figure; target?: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [from, to] = axisOf(figure, target);
  if (figure.value === null) return null;
  const at = (value: number) => 6 + ((WIDTH - 12) * (Math.min(to, Math.max(from, value)) - from)) / (to - from || 1);
  const text = (value: number) => valueText(value, figure.unit, format);
  const label =
    figure.low === null || figure.high === null
      ? t("quality.noInterval")
      : t("quality.intervalLabel", { low: text(figure.low), high: text(figure.high) });
  return (
    <svg
      className="interval"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      <line x1={6} x2={WIDTH - 6} y1={MIDDLE} y2={MIDDLE} className="axis" />
      {from < 0 && <line x1={at(0)} x2={at(0)} y1={MIDDLE - 5} y2={MIDDLE + 5} className="axis" />}
      {figure.low !== null && figure.high !== null && (
        <rect
          x={at(figure.low)}
          width={Math.max(2, at(figure.high) - at(figure.low))}
          y={MIDDLE - 5}
          height={10}
          rx={2}
          className="band"
        />
      )}
      {target !== undefined && (
        <line x1={at(target)} x2={at(target)} y1={MIDDLE - 9} y2={MIDDLE + 9} className="target" />
      )}
      <circle cx={at(figure.value)} cy={MIDDLE} r={4} className="dot" />
      <text x={6} y={HEIGHT - 3} className="tick">
        {axisText(from, figure, text)}
      </text>
      <text x={WIDTH - 6} y={HEIGHT - 3} textAnchor="end" className="tick">
        {axisText(to, figure, text)}
      </text>
    </svg>
  );
}

/** Ends of an axis are round numbers and need no decimals. */
function axisText(value: number, figure: Figure, text: (value: number) => string): string {
  return text(value).replace(/[.]0+(?!\d)/, "") + (figure.unit === "score" ? "" : "");
}
