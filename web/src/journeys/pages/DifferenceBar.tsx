import { useTranslation } from "react-i18next";

interface Props {
  value: number | null;
  low: number | null;
  high: number | null;
  /** The largest value of the axis on either side of zero. */
  widest: number;
  text: (value: number) => string;
  /** False where the difference could as well be none; drawn hollow. */
  certain?: boolean;
}

/** A difference and its interval on an axis with zero in the middle, and the figures beside it. */
export function DifferenceBar({ value, low, high, widest, text, certain = true }: Props) {
  const { t } = useTranslation();
  if (value === null) return <span className="soft">–</span>;
  const at = (one: number) => `${50 + (50 * Math.min(widest, Math.max(-widest, one))) / widest}%`;
  const bounded = low !== null && high !== null;
  const label = bounded ? t("quality.intervalLabel", { low: text(low), high: text(high) }) : t("quality.noInterval");
  return (
    <span className="difference" title={label}>
      <span className="difference-axis" aria-hidden="true">
        <span className="difference-zero" />
        {bounded && (
          <span className="difference-band" style={{ left: at(low), width: `calc(${at(high)} - ${at(low)})` }} />
        )}
        <span className={certain ? "difference-dot" : "difference-dot hollow"} style={{ left: at(value) }} />
      </span>
      <span className="difference-figure">
        {bounded ? t("journeys.range", { value: text(value), low: text(low), high: text(high) }) : text(value)}
      </span>
    </span>
  );
}
