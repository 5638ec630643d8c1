import { Trans, useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";
import { valueText } from "./figures";
import { type Definition, type Figure, inLanguage, type QualityFigures } from "./types";

interface Props {
  quality: QualityFigures;
  definitions: Definition[];
}

/** The first sentence of the overview: how many targets are met, and which one is furthest away. */
export function TargetsAnswer({ quality, definitions }: Props) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const judged = Object.entries(quality.targets).filter(([, standing]) => standing.verdict !== null);
  if (judged.length === 0) return <p className="answer">{t("quality.noneJudged")}</p>;
  const count = (verdict: string) => judged.filter(([, standing]) => standing.verdict === verdict).length;
  const worst = furthest(quality);
  const text = (figure: Figure, value: number) => valueText(value, figure.unit, format);
  const definition = worst && definitions.find((one) => one.id === worst.figure.definition);
  return (
    <p className="answer" data-met={count("met")} data-judged={judged.length}>
      <Trans
        t={t}
        i18nKey="quality.targetsAnswer"
        values={{ met: format.whole(count("met")), all: format.whole(judged.length) }}
        components={{ em: <em /> }}
      />
      {i18n.language === "en" && " "}
      {worst && definition ? (
        <Trans
          t={t}
          i18nKey="quality.targetsWorst"
          values={{
            name: inLanguage(definition.name, i18n.language),
            value: text(worst.figure, worst.value),
            low: text(worst.figure, worst.figure.low ?? worst.value),
            high: text(worst.figure, worst.figure.high ?? worst.value),
            target: text(worst.figure, worst.target),
          }}
          components={{ em: <em />, sure: <span className="answer-interval" /> }}
        />
      ) : (
        t("quality.noneMissed")
      )}
    </p>
  );
}

/** The surely missed target whose figure is furthest off, measured against the target's own size. */
export function furthest(quality: QualityFigures): { figure: Figure; value: number; target: number } | undefined {
  const missed = Object.entries(quality.targets).flatMap(([id, { target, verdict }]) => {
    const figure = quality.figures[id];
    if (verdict !== "missed" || !figure || figure.value === null) return [];
    return [{ figure, value: figure.value, target, gap: Math.abs(figure.value - target) / (Math.abs(target) || 1) }];
  });
  return missed.sort((one, other) => other.gap - one.gap)[0];
}
