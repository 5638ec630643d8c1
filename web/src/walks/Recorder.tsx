import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import { Failure } from "../shared/states";
import { takeBack, useWalkAct, type Walk } from "./api";
import { EndForm } from "./EndForm";
import { type Outbox, useOutbox } from "./outbox";
import { StepForm } from "./StepForm";

type Box = ReturnType<typeof useOutbox>;

/** The walk on a phone: one step at a time, a clock, five feelings; nothing is lost without a connection. */
export function Recorder({ walk }: { walk: Walk }) {
  const { t } = useTranslation();
  const box = useOutbox(walk.walk);
  const [stopped, setStopped] = useState<{ from: number; to: number } | null>(null);
  const [ending, setEnding] = useState(false);
  const { since } = box.outbox;
  const begin = () => box.put((before) => ({ ...before, since: Date.now() }));
  const stop = () => {
    const to = Date.now();
    setStopped({ from: since ?? to, to });
    // The next step begins where this one ended, so the clock runs on.
    box.put((before) => ({ ...before, since: to }));
  };
  return (
    <section className="recorder">
      <Waiting box={box} />
      <DoneSteps walk={walk} outbox={box.outbox} />
      {ending ? (
        <EndForm
          walk={walk}
          unsent={box.outbox.steps.length}
          finished={() => box.put((b) => ({ ...b, since: null }))}
        />
      ) : stopped ? (
        <StepForm
          walk={walk}
          span={stopped}
          unsent={box.outbox.steps}
          keep={(step, photos) => {
            box.put((before) => ({
              ...before,
              steps: [...before.steps, step],
              photos: [...before.photos, ...photos.map((data) => ({ key: step.key, data }))],
            }));
            setStopped(null);
            void box.send();
          }}
          drop={() => setStopped(null)}
        />
      ) : since === null ? (
        <button type="button" className="main walk-big" onClick={begin}>
          {walk.done.length ? t("walks.start") : t("walks.begin")}
        </button>
      ) : (
        <>
          <Clock since={since} />
          <button type="button" className="main walk-big" onClick={stop}>
            {t("walks.stop")}
          </button>
        </>
      )}
      {!ending && !stopped && walk.done.length + box.outbox.steps.length > 0 && (
        <button type="button" className="quiet walk-big" onClick={() => setEnding(true)}>
          {t("walks.finish")}
        </button>
      )}
    </section>
  );
}

function Clock({ since }: { since: number }) {
  const { t } = useTranslation();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const time = `${hours ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return (
    <p className="walk-clock" role="timer" aria-live="off">
      {t("walks.running", { time })}
    </p>
  );
}

/** What is not on the server yet, and why, if it was refused. */
function Waiting({ box }: { box: Box }) {
  const { t } = useTranslation();
  const name = useNames();
  const { steps, photos, refused } = box.outbox;
  if (steps.length === 0 && photos.length === 0) return null;
  const dropped = (key: string) =>
    box.put((before) => ({
      ...before,
      steps: before.steps.filter((step) => step.key !== key),
      photos: before.photos.filter((photo) => photo.key !== key),
    }));
  return (
    <div className="note" role="status">
      <p>{t("walks.waiting", { count: steps.length || photos.length })}</p>
      {steps
        .filter(({ key }) => refused[key])
        .map(({ key, step }) => (
          <div key={key} className="refusal">
            {t("walks.refusedStep", { step: name("step", step), why: refused[key] })}{" "}
            <button type="button" className="quiet small" onClick={() => dropped(key)}>
              {t("walks.dropStep")}
            </button>
          </div>
        ))}
      <button type="button" className="quiet small" onClick={() => void box.send()}>
        {t("walks.sendNow")}
      </button>
    </div>
  );
}

/** What was walked so far, with the way back for each step. */
function DoneSteps({ walk, outbox }: { walk: Walk; outbox: Outbox }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const back = useWalkAct(takeBack);
  if (walk.done.length === 0 && outbox.steps.length === 0) return null;
  return (
    <>
      <h2 className="walk-sub">{t("walks.doneSteps")}</h2>
      {back.isError && <Failure error={back.error} />}
      <ol className="walk-done">
        {walk.done.map((step) => (
          <li key={step.key}>
            <span>
              {name("step", step.step)}
              <span className="soft block">
                {format.duration(step.seconds)} · {t(`walks.feeling.${step.feeling}`)}
                {step.photos.length > 0 && ` · ${t("walks.photos", { count: step.photos.length })}`}
              </span>
            </span>
            <button
              type="button"
              className="quiet small"
              aria-label={`${t("walks.takeBack")}: ${name("step", step.step)}`}
              disabled={back.isPending}
              onClick={() => back.mutate({ walk: walk.walk, key: step.key })}
            >
              {t("walks.takeBack")}
            </button>
          </li>
        ))}
        {outbox.steps.map((step) => (
          <li key={step.key} className="unsent">
            <span>
              {name("step", step.step)}
              <span className="soft block">
                {format.duration(step.seconds)} · {t(`walks.feeling.${step.feeling}`)} · …
              </span>
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
