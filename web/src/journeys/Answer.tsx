import { Trans, useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import { Loading } from "../shared/states";
import type { Bottleneck, Choice } from "./api";
import { fractionWord, placeOf } from "./words";

interface Props {
  choice: Choice;
  title: string;
  cases: number | undefined;
  bottlenecks: Bottleneck[] | undefined;
}

/** The page's answer in one sentence that a branch manager would say aloud, with its uncertainty. */
export function Answer({ choice, title, cases, bottlenecks }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const worst = bottlenecks?.[0];
  if (!bottlenecks) return <Loading lines={2} height={76} />;
  if (!worst || worst.wait_seconds.total === 0 || worst.share === 0) {
    return <p className="answer">{t("journeys.noWaiting", { journey: title })}</p>;
  }
  // The number of cases comes with an answer of its own; a sentence without it would state a false zero.
  if (cases === undefined) return <Loading lines={2} height={76} />;
  const total = worst.wait_seconds.total / worst.share;
  const half = (worst.share_high - worst.share_low) / 2;
  const word = fractionWord(worst.share, worst.share_low, worst.share_high);
  const values = {
    journey: title,
    share: format.share(worst.share, 0),
    margin: format.points(half, half < 0.01 ? 1 : 0),
    days: format.days(total),
    cases: format.whole(cases),
    place: placeOf(t, name, worst),
    word: word ? t(`journeys.fraction.${word}`) : format.share(worst.share, 0),
  };
  return (
    <>
      <p className="answer" data-answer={choice.name}>
        {worst.rank === null && <span className="soft">{t("journeys.fewCases")} </span>}
        <Trans
          t={t}
          i18nKey="journeys.answer"
          values={values}
          components={{ em: <em />, sure: <span className="answer-sure" /> }}
        />
      </p>
      <p className="soft">
        {t("journeys.answerDetail", {
          cases: format.whole(worst.cases),
          p50: format.duration(worst.wait_seconds.p50),
          p95: format.duration(worst.wait_seconds.p95),
          low: format.share(worst.share_low),
          high: format.share(worst.share_high),
        })}
      </p>
    </>
  );
}
