import { useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";
import { valueText } from "./figures";
import type { Figure, Standing as Stand } from "./types";

/** How a figure stands to its target: a shape and a word, never the colour alone. */
export function Standing({ figure, standing }: { figure: Figure; standing: Stand | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!standing) return <span className="soft">{t("quality.noTarget")}</span>;
  const verdict = standing.verdict ?? "unknown";
  return (
    <span className={`standing standing-${verdict}`} data-verdict={verdict}>
      <Shape verdict={verdict} />
      <span>
        {t(`quality.verdict.${verdict}`)}
        <span className="soft block">
          {t("quality.target", { value: valueText(standing.target, figure.unit, format) })}
        </span>
      </span>
    </span>
  );
}

const shapes = {
  met: "M3 8.5l3.2 3.2L13 4.5",
  open: "M3 8h10",
  missed: "M8 3v6M8 12v.8",
  unknown: "M5.5 6a2.5 2.5 0 1 1 3.4 2.3c-.7.3-.9.8-.9 1.6M8 12.6v.4",
} as const;

function Shape({ verdict }: { verdict: keyof typeof shapes }) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={shapes[verdict]} />
    </svg>
  );
}
