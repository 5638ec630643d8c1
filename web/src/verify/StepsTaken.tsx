import { useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";
import { base64Of } from "./engine/bytes";
import { type State, steps, type Verdict } from "./engine/check";
import { UNSETTLED } from "./outcome";

const MARKS: Record<State, string> = { good: "✓", bad: "✕", open: "–" };

/** The five steps of the check, each passed, failed or not reached; the figures for technical readers below. */
export function StepsTaken({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation();
  const why = verdict.why?.code;
  return (
    <section className="block-section" aria-labelledby="verify-steps">
      <h2 id="verify-steps">{t("verify.steps.title")}</h2>
      <p className="soft">{t("verify.steps.subtitle")}</p>
      <ol className="verify-steps">
        {steps.map((step) => {
          const lacks = verdict.states[step] === "bad" && why !== undefined && UNSETTLED.has(why);
          const state = lacks ? "open" : verdict.states[step];
          return (
            <li key={step} className={state}>
              <span className={`verdict-mark ${state}`} aria-hidden="true">
                {MARKS[state]}
              </span>
              <span>
                {/* With every step before it passed, there was nothing to check; else it was not reached. */}
                {verdict.ok && state === "open"
                  ? t("verify.steps.noWitness")
                  : t(lacks ? `verify.steps.lacks.${why}` : `verify.steps.${step}.${state}`)}
              </span>
              <span className="soft">{t(`verify.steps.state.${state}`)}</span>
            </li>
          );
        })}
      </ol>
      <Facts verdict={verdict} />
    </section>
  );
}

function Facts({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { proof, seen, signedBy, unchecked } = verdict;
  if (!proof) return null;
  const rows: [string, string][] = [
    [t("verify.steps.index"), String(proof.index)],
    [t("verify.steps.size"), String(proof.checkpoint.size)],
    [t("verify.steps.path"), String(proof.path.length)],
    [t("verify.steps.root"), base64Of(proof.checkpoint.root)],
    ...signedBy.map((key): [string, string] => [t("verify.steps.key"), key]),
    ...seen.map((one): [string, string] => [
      t("verify.steps.witness"),
      `${one.name} · ${format.moment(new Date(one.seconds * 1000))}`,
    ]),
    ...unchecked.map((name): [string, string] => [t("verify.steps.unchecked"), name]),
  ];
  return (
    <details className="definition">
      <summary>{t("verify.steps.facts")}</summary>
      <dl className="pairs letters">
        {rows.map(([label, value]) => (
          <div key={`${label}${value}`}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
