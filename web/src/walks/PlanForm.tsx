import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { ask } from "../api/client";
import { useJourneys } from "../journeys/api";
import { useNames } from "../shared/names";
import { dayText } from "../shared/period";
import { Failure } from "../shared/states";
import { personas, planWalk, useUnits, useWalkAct } from "./api";
import { newKey } from "./outbox";

interface Activity {
  activity: string;
  cases: number;
}

/** The steps of a journey in the order they usually come, those that most cases pass. */
function useUsualSteps(journey: string) {
  return useQuery({
    queryKey: ["walks", "usual", journey],
    enabled: journey !== "",
    queryFn: async ({ signal }) => {
      const ways = await ask<{ activities: string[] }[]>(
        `/v1/journeys/${encodeURIComponent(journey)}/variants?limit=1`,
        { signal },
      );
      const counted = await ask<Activity[]>(`/v1/journeys/${encodeURIComponent(journey)}/activities`, { signal });
      const usual = [...new Set(ways[0]?.activities ?? [])];
      return { usual, known: counted.map(({ activity }) => activity) };
    },
  });
}

interface Draft {
  journey: string;
  unit: string;
  persona: string;
  day: string;
  shopper: string;
  /** Null as long as nobody changed what the journey suggests. */
  steps: string[] | null;
}

type Change = (part: Partial<Draft>) => void;

/** Plan a walk: which journey, where, as whom, when, and what to look at. */
export function PlanForm({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const journeys = useJourneys().data ?? [];
  const [key] = useState(newKey);
  const [draft, setDraft] = useState<Draft>(() => ({
    journey: "",
    unit: "",
    persona: "ordinary",
    day: dayText(new Date()),
    shopper: "",
    steps: null,
  }));
  const change: Change = (part) => setDraft((before) => ({ ...before, ...part }));
  const journey = draft.journey || (journeys[0]?.name ?? "");
  const usual = useUsualSteps(journey);
  const steps = draft.steps ?? usual.data?.usual ?? [];
  const planned = useWalkAct(planWalk);
  const save = (event: FormEvent) => {
    event.preventDefault();
    const { persona, day, unit, shopper } = draft;
    const where = { unit: unit || null, shopper: shopper.trim() || null };
    planned.mutate(
      { key, journey, persona, planned_for: day, ...where, steps },
      { onSuccess: (walk) => void navigate(`/walks/${encodeURIComponent(walk.walk)}`) },
    );
  };
  return (
    <form className="walk-plan" onSubmit={save}>
      <h2>{t("walks.plan")}</h2>
      <Fields draft={{ ...draft, journey }} journeys={journeys.map((one) => one.name)} change={change} />
      <p className="hint">{t(`walks.hint.${draft.persona}`)}</p>
      <Steps listed={steps} known={usual.data?.known ?? []} change={(listed) => change({ steps: listed })} />
      {planned.isError && (
        <>
          <Failure error={planned.error} />
          <p className="hint">{t("walks.kept")}</p>
        </>
      )}
      <p className="row">
        <button type="submit" className="main" disabled={planned.isPending || !journey}>
          {t("walks.save")}
        </button>
        <button type="button" className="quiet" onClick={close}>
          {t("shared.close")}
        </button>
      </p>
    </form>
  );
}

function Fields({ draft, journeys, change }: { draft: Draft; journeys: string[]; change: Change }) {
  const { t } = useTranslation();
  const name = useNames();
  const units = useUnits();
  return (
    <div className="fields">
      <Choice
        label={t("walks.journey")}
        value={draft.journey}
        choose={(journey) => change({ journey, steps: null })}
        options={journeys.map((one) => [one, name("journey", one)])}
      />
      <Choice
        label={t("walks.unit")}
        value={draft.unit}
        choose={(unit) => change({ unit })}
        options={[["", t("walks.anyUnit")], ...units.keys.map((one): [string, string] => [one, units.name(one)])]}
      />
      <Choice
        label={t("walks.as")}
        value={draft.persona}
        choose={(persona) => change({ persona })}
        options={personas.map((one) => [one, t(`walks.persona.${one}`)])}
      />
      <label className="field">
        <span className="label">{t("walks.when")}</span>
        <input
          type="date"
          required
          className="plain-input"
          value={draft.day}
          onChange={(event) => change({ day: event.target.value })}
        />
      </label>
      <label className="field">
        <span className="label">{t("walks.who")}</span>
        <input
          className="plain-input"
          maxLength={200}
          value={draft.shopper}
          onChange={(event) => change({ shopper: event.target.value })}
        />
      </label>
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  choose: (value: string) => void;
  options: [string, string][];
}

export function Choice({ label, value, choose, options }: ChoiceProps) {
  return (
    <label className="field">
      <span className="label">{label}</span>
      <select className="plain-input" value={value} onChange={(event) => choose(event.target.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface StepsProps {
  listed: string[];
  known: string[];
  change: (steps: string[]) => void;
}

/** The steps to look at: each can go, others of the journey can come, in the order of the list. */
function Steps({ listed, known, change }: StepsProps) {
  const { t } = useTranslation();
  const name = useNames();
  const more = known.filter((step) => !listed.includes(step));
  return (
    <fieldset className="walk-steps">
      <legend>{t("walks.steps")}</legend>
      <p className="hint">{t("walks.stepsHint")}</p>
      <ol>
        {listed.map((step) => (
          <li key={step}>
            {name("step", step)}
            <button type="button" className="quiet small" onClick={() => change(listed.filter((one) => one !== step))}>
              <span aria-hidden="true">×</span>
              <span className="unseen">
                {t("walks.skip")}: {name("step", step)}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {more.length > 0 && (
        <Choice
          label={t("walks.addStep")}
          value=""
          choose={(step) => step && change([...listed, step])}
          options={[["", "–"], ...more.map((step): [string, string] => [step, name("step", step)])]}
        />
      )}
    </fieldset>
  );
}
