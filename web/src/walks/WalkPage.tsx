import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { useSession } from "../access/session";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import { Failure, Loading } from "../shared/states";
import { cancelWalk, useUnits, useWalk, useWalkAct, type Walk } from "./api";
import { Recorder } from "./Recorder";
import { Result } from "./Result";
import "../journeys/pages/pages.css";
import "./walks.css";

/** One walk: recorded on a phone while it is under way, set beside the customers' figures once it is done. */
export default function WalkPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const walk = useWalk(id);
  return (
    <main className="content walk" id="content">
      <p className="soft">
        <Link to="/walks">{t("walks.list")}</Link>
      </p>
      {walk.isError ? (
        <Failure error={walk.error} retry={() => void walk.refetch()} />
      ) : walk.data ? (
        <Shown walk={walk.data} />
      ) : (
        <Loading lines={6} height={320} />
      )}
    </main>
  );
}

function Shown({ walk }: { walk: Walk }) {
  const { t } = useTranslation();
  const { has } = useSession();
  const name = useNames();
  const units = useUnits();
  const over = walk.state === "done" || walk.state === "cancelled";
  return (
    <>
      <h1 className="question">
        {name("journey", walk.journey)} · {walk.unit ? units.name(walk.unit) : t("walks.anyUnit")}
      </h1>
      <div className="answer-block">
        <WalkAnswer walk={walk} />
        <p className="soft">{t(`walks.hint.${walk.persona}`)}</p>
      </div>
      {walk.state === "cancelled" && <p className="strong">{t("walks.cancelled")}</p>}
      {!over && (has("walks:write") ? <Recorder walk={walk} /> : <p>{t("walks.notHere")}</p>)}
      {walk.state === "planned" && has("walks:write") && <CallOff walk={walk} />}
      {walk.state === "done" && <Result walk={walk} />}
    </>
  );
}

function WalkAnswer({ walk }: { walk: Walk }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const done = walk.state === "done" && walk.feeling !== null && walk.seconds !== null;
  const values = {
    persona: t(`walks.persona.${walk.persona}`),
    journey: name("journey", walk.journey),
    day: format.day(new Date(`${walk.planned_for}T12:00:00`)),
    time: format.duration(walk.seconds ?? 0),
    feeling: t(`walks.feeling.${walk.feeling ?? 3}`),
  };
  return (
    <p className="answer">
      {done ? (
        <Trans t={t} i18nKey="walks.resultAnswer" values={values} components={{ em: <em /> }} />
      ) : (
        <Trans t={t} i18nKey="walks.resultUnfinished" values={values} components={{ em: <em /> }} />
      )}
    </p>
  );
}

/** Called off after a second look: what is called off cannot be walked any more. */
function CallOff({ walk }: { walk: Walk }) {
  const { t } = useTranslation();
  const [sure, setSure] = useState(false);
  const off = useWalkAct(cancelWalk);
  return (
    <>
      {off.isError && <Failure error={off.error} />}
      <p className="row">
        {sure ? (
          <>
            <span>{t("walks.cancelSure")}</span>
            <button type="button" className="danger" disabled={off.isPending} onClick={() => off.mutate(walk.walk)}>
              {t("walks.cancel")}
            </button>
            <button type="button" className="quiet" onClick={() => setSure(false)}>
              {t("walks.cancelNot")}
            </button>
          </>
        ) : (
          <button type="button" className="quiet small" onClick={() => setSure(true)}>
            {t("walks.cancel")}
          </button>
        )}
      </p>
    </>
  );
}
