import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../shared/format";
import { useVariants } from "../api";
import { settled } from "../parts";
import { Variants } from "../Variants";
import type { ViewProps } from "./Views";

const FIRST = 10;
const MOST = 500;
const WIDTH = 640;
const HEIGHT = 132;
const LEFT = 44;
const FOOT = 22;

/** Every way through the journey, how many cases the first of them cover, and as many of them as one wants to read. */
export function VariantExplorer({ choice, note, summary }: ViewProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [shown, setShown] = useState(FIRST);
  const variants = useVariants(choice, MOST);
  return settled(variants, 420, (rows) => {
    const total = summary.data?.variants ?? rows.length;
    const most = Math.min(rows.length, MOST);
    return (
      <>
        <Coverage shares={rows.map((row) => row.cumulative_share)} marked={Math.min(shown, most)} />
        <Variants rows={rows.slice(0, shown)} total={total} note={note} />
        {shown < most && (
          <p className="row">
            <button type="button" className="quiet" onClick={() => setShown(Math.min(most, shown * 3))}>
              {t("journeyPages.moreWays", { count: Math.min(most, shown * 3) - shown })}
            </button>
            <span className="soft">
              {t("journeyPages.waysShown", { shown: format.whole(shown), total: format.whole(total) })}
            </span>
          </p>
        )}
      </>
    );
  });
}

/** How much of all cases the most common ways cover; the axis of ways is as long as there are ways on the page. */
function Coverage({ shares, marked }: { shares: number[]; marked: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (shares.length < 2) return null;
  const x = (at: number) => LEFT + ((WIDTH - LEFT - 8) * at) / shares.length;
  const y = (share: number) => 8 + (HEIGHT - FOOT - 8) * (1 - share);
  const line = shares.map((share, at) => `${x(at + 1).toFixed(1)},${y(share).toFixed(1)}`).join(" ");
  const half = shares.findIndex((share) => share >= 0.5) + 1;
  const at = shares[marked - 1] ?? 0;
  const label = half
    ? t("journeyPages.coverageHalf", { count: half })
    : t("journeyPages.coverage", { ways: format.whole(shares.length), share: format.share(shares.at(-1) ?? 0, 0) });
  return (
    <figure className="coverage">
      <figcaption>{label}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line x1={LEFT} x2={WIDTH - 8} y1={y(share)} y2={y(share)} className="axis" />
            <text x={LEFT - 6} y={y(share) + 4} textAnchor="end" className="tick">
              {format.share(share, 0)}
            </text>
          </g>
        ))}
        <polyline points={`${LEFT},${y(0)} ${line}`} className="coverage-line" />
        <circle cx={x(marked)} cy={y(at)} r={4} className="coverage-dot" />
        <text x={LEFT} y={HEIGHT - 4} className="tick">
          1
        </text>
        <text x={WIDTH - 8} y={HEIGHT - 4} textAnchor="end" className="tick">
          {t("journeyPages.waysAxis", { count: shares.length })}
        </text>
      </svg>
    </figure>
  );
}
