import { useTranslation } from "react-i18next";
import { useFormat } from "../../shared/format";
import { useNames } from "../../shared/names";
import type { Moment, Stage } from "../api";

/** Fewest answers on which anything is called lowest or certain. */
export const RANKED_FROM = 30;

export function useStageName(): (stage: { zh: string; en: string }) => string {
  const { i18n } = useTranslation();
  return (stage) => (i18n.language === "zh-CN" ? stage.zh : stage.en);
}

/** What happened, as part of a sentence. */
export function useMomentName(): (moment: Moment) => string {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  return ({ kind, step, threshold }) =>
    t(`journeyMap.moment.${kind}`, {
      step: step === null ? "" : name("step", step),
      wait: threshold === null ? "" : format.duration(threshold),
      count: threshold ?? 0,
    });
}

/** The stage with the lowest feeling, among those with enough answers where there are any. */
export function lowest(stages: Stage[]): Stage | undefined {
  return stages
    .filter((stage) => stage.feeling.mean !== null && stage.feeling.n >= RANKED_FROM)
    .sort((a, b) => (a.feeling.mean ?? 0) - (b.feeling.mean ?? 0))[0];
}

/** The stage whose usual wait is longest. */
export function longest(stages: Stage[]): Stage | undefined {
  return stages
    .filter((stage) => stage.waits.p50 !== null && stage.waits.n >= RANKED_FROM)
    .sort((a, b) => (b.waits.p50 ?? 0) - (a.waits.p50 ?? 0))[0];
}
