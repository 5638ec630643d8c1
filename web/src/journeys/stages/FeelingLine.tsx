import { useTranslation } from "react-i18next";
import { useFormat } from "../../shared/format";
import type { Stage } from "../api";
import { RANKED_FROM, useStageName } from "./words";

const HEIGHT = 148;
const TOP = 22;
const FOOT = 30;

/**
 * The feeling from stage to stage, 0 to 100, with its interval; hollow where fewer than 30 customers answered.
 *
 * Places along the line are shares of the width, so that each dot stands above its column at any size.
 */
export function FeelingLine({ stages }: { stages: Stage[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const stageName = useStageName();
  const x = (at: number) => `${(100 * (at + 0.5)) / stages.length}%`;
  const y = (share: number) => TOP + (HEIGHT - TOP - FOOT) * (1 - share);
  const few = (at: number) => (stages[at]?.feeling.n ?? 0) < RANKED_FROM;
  const label = stages
    .map(({ feeling, ...stage }) => {
      const value = feeling.mean === null ? t("journeyMap.noAnswers") : format.decimal(100 * feeling.mean, 0);
      return `${stageName(stage)}: ${value} (n = ${feeling.n})`;
    })
    .join("; ");
  return (
    <svg className="feeling-line" width="100%" height={HEIGHT} role="img" aria-label={label}>
      {[0, 0.5, 1].map((share) => (
        <line key={share} x1="0" x2="100%" y1={y(share)} y2={y(share)} className="axis" />
      ))}
      {[0, 1].map((share) => (
        <text key={share} x={2} y={y(share) - 3} className="tick">
          {100 * share}
        </text>
      ))}
      {stages.slice(1).map((stage, at) => {
        const before = stages[at]?.feeling.mean ?? null;
        const now = stage.feeling.mean;
        // A gap stays a gap: nothing is drawn across a stage that nobody told about.
        if (before === null || now === null) return null;
        return (
          <line
            key={stage.stage}
            x1={x(at)}
            y1={y(before)}
            x2={x(at + 1)}
            y2={y(now)}
            className={few(at) || few(at + 1) ? "feeling-way few" : "feeling-way"}
          />
        );
      })}
      {stages.map(({ stage, feeling }, at) => {
        const { mean, low, high, n } = feeling;
        return (
          <g key={stage}>
            {low !== null && high !== null && (
              <line x1={x(at)} x2={x(at)} y1={y(low)} y2={y(high)} className="feeling-interval" />
            )}
            {mean !== null && (
              <>
                <circle cx={x(at)} cy={y(mean)} r={5} className={n < RANKED_FROM ? "feeling-dot few" : "feeling-dot"} />
                <text x={x(at)} y={y(mean) - 12} textAnchor="middle" className="feeling-value">
                  {format.decimal(100 * mean, 0)}
                </text>
              </>
            )}
            <text x={x(at)} y={HEIGHT - 6} textAnchor="middle" className="tick">
              {n ? t("journeyMap.answers", { n: format.whole(n) }) : t("journeyMap.noAnswers")}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
