import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "../shared/states";
import { finishWalk, useWalkAct, type Walk } from "./api";
import { Feelings } from "./Feelings";

interface Props {
  walk: Walk;
  /** How many steps are still on the phone. */
  unsent: number;
  finished: () => void;
}

/** The end of a walk: how it felt over all, and what the shopper advises. */
export function EndForm({ walk, unsent, finished }: Props) {
  const { t } = useTranslation();
  const [feeling, setFeeling] = useState<number | null>(null);
  const [advice, setAdvice] = useState("");
  const end = useWalkAct(finishWalk);
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (feeling === null) return;
    end.mutate({ walk: walk.walk, feeling, recommendation: advice.trim() || null }, { onSuccess: finished });
  };
  return (
    <form className="walk-step" onSubmit={save}>
      <Feelings legend={t("walks.finishTitle")} value={feeling} choose={setFeeling} />
      <label className="field">
        <span className="label">{t("walks.advice")}</span>
        <textarea maxLength={2000} value={advice} onChange={(event) => setAdvice(event.target.value)} />
      </label>
      {unsent > 0 && <p className="refusal">{t("walks.finishFirst")}</p>}
      {end.isError && (
        <>
          <Failure error={end.error} />
          <p className="hint">{t("walks.kept")}</p>
        </>
      )}
      <button type="submit" className="main walk-big" disabled={feeling === null || unsent > 0 || end.isPending}>
        {t("walks.finishNow")}
      </button>
    </form>
  );
}
