import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { inLanguage, useSession } from "../../access/session";
import { ApiError } from "../../api/client";
import { useAddress } from "../../shared/address";
import { useFormat } from "../../shared/format";
import { useNames } from "../../shared/names";
import { Empty, Failure, Loading } from "../../shared/states";
import { Mark } from "../log/Witnesses";
import { type TrailStep, useTrail } from "./api";
import "../log/log.css";

/** How a decision came about, replayed step by step, each step with its own proof. */
export default function TrailPage() {
  const { params } = useAddress();
  const ofCase = params.get("case");
  const position = params.get("position");
  const from = ofCase ? { case: ofCase } : { position: position ?? "0" };
  return <Trail key={JSON.stringify(from)} from={from} />;
}

function Trail({ from }: { from: { case: string } | { position: string } }) {
  const { t } = useTranslation();
  const { session } = useSession();
  const own = session.user?.role === "customer";
  const trail = useTrail(from, own);
  const absent = trail.error instanceof ApiError && trail.error.status === 404;
  const steps = trail.data?.steps ?? [];
  const broken = steps.filter((step) => step.broken !== null).length;
  return (
    <main className="content" id="content">
      <h1 className="question">{t("receipts.way.question")}</h1>
      {trail.isError && !absent && <Failure error={trail.error} retry={() => void trail.refetch()} />}
      {trail.isLoading && <Loading lines={6} height={320} />}
      {(absent || (trail.data && steps.length === 0)) && (
        <Empty title={t("receipts.way.none")}>
          <p className="soft measure-width">{t("receipts.way.noneDo")}</p>
        </Empty>
      )}
      {steps.length > 0 && (
        <>
          <p className="answer">
            {t(broken > 0 ? "receipts.way.broken" : "receipts.way.answer", { count: steps.length, broken })}
          </p>
          <Replay steps={steps} />
        </>
      )}
      <p className="row">
        <Link to={own ? "/mine" : "/trust"}>{t(own ? "receipts.way.backOwn" : "receipts.way.back")}</Link>
      </p>
    </main>
  );
}

/** One step after the other, or all at once; forward and back with the keyboard as with any buttons. */
function Replay({ steps }: { steps: TrailStep[] }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(1);
  const whole = shown >= steps.length;
  return (
    <>
      <ol className="trail-steps" aria-live="polite">
        {steps.slice(0, shown).map((step, at) => (
          <Step
            key={step.position}
            step={step}
            number={at + 1}
            of={steps.length}
            now={at === shown - 1}
            steps={steps}
          />
        ))}
      </ol>
      <div className="row">
        <button type="button" className="main" disabled={whole} onClick={() => setShown(shown + 1)}>
          {t("receipts.way.next")}
        </button>
        <button type="button" className="quiet" disabled={shown <= 1} onClick={() => setShown(shown - 1)}>
          {t("receipts.way.previous")}
        </button>
        <button type="button" className="quiet" disabled={whole} onClick={() => setShown(steps.length)}>
          {t("receipts.way.all")}
        </button>
      </div>
    </>
  );
}

interface StepProps {
  step: TrailStep;
  number: number;
  of: number;
  now: boolean;
  steps: TrailStep[];
}

function Step({ step, number, of, now, steps }: StepProps) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const before = step.previous.map((one) => steps.findIndex((other) => other.position === one) + 1).filter(Boolean);
  return (
    <li className={now ? "now" : undefined} aria-current={now ? "step" : undefined}>
      <p className="soft">
        {t("receipts.way.step", { number, of })} · {format.moment(new Date(step.time))}
        {step.actor && ` · ${step.actor}`}
      </p>
      <p className="strong">{inLanguage(step.title, i18n.language)}</p>
      {before.length > 0 && <p className="soft">{t("receipts.way.follows", { steps: before.join(", ") })}</p>}
      {step.rule && <p>{t("receipts.way.rule", { name: step.rule.name, version: step.rule.version })}</p>}
      {step.reasons.length > 0 && (
        <>
          <p>{t("receipts.way.reasons")}</p>
          <ul>
            {step.reasons.map((reason) => (
              <li key={reason.code}>{inLanguage(reason, i18n.language)}</li>
            ))}
          </ul>
        </>
      )}
      {step.inputs.length > 0 && (
        <details className="definition">
          <summary>{t("receipts.way.inputs", { count: step.inputs.length })}</summary>
          <dl className="pairs">
            {step.inputs.map((input) => (
              <div key={`${input.name}${input.commitment}`}>
                <dt>{name("input", input.name)}</dt>
                <dd>
                  <code>{input.commitment}</code>
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      <p>
        <Mark ok={step.broken === null} good={t("receipts.way.holds")} bad={t("receipts.way.holdsNot")} />
        {step.broken && (
          <span className="soft"> {step.broken_text ? inLanguage(step.broken_text, i18n.language) : step.broken}</span>
        )}
      </p>
      {step.proof && (
        <p className="soft">
          <a href={step.proof} download>
            {t("receipts.proof")}
          </a>
        </p>
      )}
    </li>
  );
}
