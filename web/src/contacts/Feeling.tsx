import { useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";

interface Props {
  metric: string;
  score: number;
  low: number;
  high: number;
}

export type Mood = "good" | "mixed" | "bad";

/** How an answer sounds on its scale: the usual borders of each question (NPS 9 and 7; else the top two fifths). */
export function moodOf({ metric, score, low, high }: Props): Mood {
  if (high <= low) return "mixed";
  const share = (score - low) / (high - low);
  if (metric === "nps") return score >= low + 0.9 * (high - low) ? "good" : share >= 0.7 ? "mixed" : "bad";
  return share >= 0.7 ? "good" : share >= 0.45 ? "mixed" : "bad";
}

/** A rating in words and figures; the mark beside it repeats what the words say. */
export function Feeling(props: Props) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { metric, score, low, high } = props;
  const mood = moodOf(props);
  const number = (value: number) => format.decimal(value, Number.isInteger(value) ? 0 : 1);
  const key = `contacts.metric.${metric}`;
  const name = i18n.exists(key) ? t(key) : metric;
  return (
    <span className={`feeling ${mood}`}>
      {t("contacts.score", { metric: name, score: number(score), low: number(low), high: number(high) })} ·{" "}
      {t(`contacts.feeling.${mood}`)}
    </span>
  );
}
