import { useId } from "react";
import { useTranslation } from "react-i18next";
import { feelings } from "./api";

interface Props {
  legend: string;
  value: number | null;
  choose: (value: number) => void;
}

/** Five feelings in words, large enough for a thumb; no face and no colour has to be read. */
export function Feelings({ legend, value, choose }: Props) {
  const { t } = useTranslation();
  const name = useId();
  return (
    <fieldset className="feelings">
      <legend>{legend}</legend>
      {feelings.map((feeling) => (
        <label key={feeling} className={value === feeling ? "chosen" : undefined}>
          <input type="radio" name={name} checked={value === feeling} onChange={() => choose(feeling)} />
          <span className="feeling-number" aria-hidden="true">
            {feeling}
          </span>
          {t(`walks.feeling.${feeling}`)}
        </label>
      ))}
    </fieldset>
  );
}
