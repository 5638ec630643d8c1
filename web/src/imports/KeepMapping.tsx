import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId } from "react";
import { useTranslation } from "react-i18next";
import { Outcome, useAct } from "../shared/acts";
import { savedMappings, saveMapping } from "./api";
import { type Draft, draftOf, planOf, type Suggestion } from "./plan";

interface Props {
  seen: Suggestion;
  draft: Draft;
  change: (draft: Draft) => void;
}

/** Keep these meanings under a name for the next file of this kind, or take kept ones. */
export function KeepMapping({ seen, draft, change }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const act = useAct();
  const id = useId();
  const keep = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    void act.run(async () => {
      await saveMapping(name, planOf(draft, seen));
      await queries.invalidateQueries({ queryKey: ["suggestion"] });
      return t("imports.keep.done", { name });
    });
  };
  const take = (name: string) =>
    act.run(async () => {
      const { mappings } = await savedMappings();
      const plan = mappings.find((one) => one.name === name)?.plan;
      if (plan) change({ ...draftOf(seen, plan.mapping), journey: plan.journey ?? "" });
      return t("imports.keep.taken", { name });
    });
  return (
    <section className="block-section">
      <h2>{t("imports.keep.title")}</h2>
      {(seen.saved ?? []).length > 0 && (
        <p className="row">
          {t("imports.keep.fits")}
          {seen.saved?.map((name) => (
            <button key={name} type="button" className="quiet small" onClick={() => void take(name)}>
              {name}
            </button>
          ))}
        </p>
      )}
      <form onSubmit={keep} className="field keep-form">
        <label htmlFor={id}>{t("imports.keep.name")}</label>
        <span className="with-button">
          <input id={id} name="name" className="plain-input" required maxLength={100} autoComplete="off" />
          <button type="submit" className="quiet" disabled={act.busy}>
            {t("imports.keep.keep")}
          </button>
        </span>
      </form>
      <Outcome act={act} />
    </section>
  );
}
