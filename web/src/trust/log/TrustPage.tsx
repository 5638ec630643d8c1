import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../../access/session";
import { useFormat } from "../../shared/format";
import { Failure, Loading } from "../../shared/states";
import { Lookup } from "../receipts/Lookup";
import { Anchors } from "./Anchors";
import { AuditRun } from "./AuditRun";
import { type TrustState, useTrust } from "./api";
import { LongKey } from "./LongKey";
import { StartLog } from "./StartLog";
import { Witnesses } from "./Witnesses";
import "../../contacts/contacts.css";
import "./log.css";

/** Can outsiders rely on what stands in the record? The log, who watches it, and a receipt for anybody who asks. */
export default function TrustPage() {
  const { t } = useTranslation();
  const { has } = useSession();
  const trust = useTrust();
  const state = trust.data;
  return (
    <main className="content" id="content">
      <h1 className="question">{t("trustLog.question")}</h1>
      {trust.isError && !state && <Failure error={trust.error} retry={() => void trust.refetch()} />}
      {trust.isLoading && <Loading lines={8} height={480} />}
      {state && <Answer state={state} />}
      {state && !state.initialised && <StartLog may={has("settings:manage")} />}
      {state?.initialised && (
        <>
          {has("receipts:make") && <Lookup />}
          <AuditRun audit={state.audit} />
          <div className="log-two">
            <Witnesses witnesses={state.witnesses} />
            <Anchors anchors={state.anchors} />
          </div>
          <PublicKeys state={state} />
        </>
      )}
      <Explained />
    </main>
  );
}

/** The answer as somebody would say it aloud, then the figures it stands on. */
function Answer({ state }: { state: TrustState }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { head, audit, witnesses } = state;
  if (!state.initialised) return <p className="answer">{t("trustLog.answer.none")}</p>;
  if (!head) return <p className="answer">{t("trustLog.answer.begun", { count: state.record })}</p>;
  const signed = witnesses.seen.filter((one) => one.ok).length;
  const broken = audit !== null && !audit.ok;
  const verdict = broken
    ? t("trustLog.answer.broken", { count: audit.faults_total })
    : t(witnesses.of > 0 ? "trustLog.answer.good" : "trustLog.answer.alone", {
        count: head.size,
        size: format.whole(head.size),
      });
  return (
    <div className="answer-block">
      <p className="answer">
        {verdict}
        {!broken && signed > 0 && t("trustLog.between")}
        {!broken && signed > 0 && t("trustLog.answer.witnessed", { count: signed })}
        <span className="answer-sure">
          {head.time && t("trustLog.answer.signed", { moment: format.moment(new Date(head.time)) })}
          {state.behind > 0 && t("trustLog.answer.behind", { count: state.behind, size: format.whole(state.behind) })}
        </span>
      </p>
      {state.publishing.last_error && (
        <div className="refusal" role="alert">
          <p>{t("trustLog.answer.stuck")}</p>
          <p className="soft" lang="en">
            {state.publishing.last_error}
          </p>
        </div>
      )}
      <HeadFacts state={state} />
    </div>
  );
}

function HeadFacts({ state }: { state: TrustState }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { head } = state;
  if (!head) return null;
  const facts: [string, string][] = [
    ["entries", format.whole(head.size)],
    ["record", format.whole(state.record)],
    ["every", format.duration(state.publishing.every_seconds)],
    ["origin", state.origin ?? ""],
    ["root", `${head.root.slice(0, 16)}…`],
  ];
  return (
    <dl className="inline-facts facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{t(`trustLog.fact.${name}`)}</dt>
          <dd className="figures" title={name === "root" ? head.root : undefined}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What everybody may have: the keys, the log itself, the page that checks. */
function PublicKeys({ state }: { state: TrustState }) {
  const { t } = useTranslation();
  return (
    <section className="section" aria-labelledby="log-keys">
      <header className="section-head">
        <div>
          <h2 id="log-keys">{t("trustLog.keys.title")}</h2>
          <p className="soft measure-width">{t("trustLog.keys.subtitle")}</p>
        </div>
      </header>
      <ul className="log-keys">
        {state.vkeys.map((key) => (
          <li key={key}>
            <LongKey written={key} />
          </li>
        ))}
      </ul>
      <p className="row">
        <Link to="/verify">{t("trustLog.keys.verify")}</Link>
        <a href="/log/checkpoint">{t("trustLog.keys.checkpoint")}</a>
        <a href="/log/policy">{t("trustLog.keys.policy")}</a>
      </p>
    </section>
  );
}

function Explained() {
  const { t } = useTranslation();
  return (
    <section className="section" aria-labelledby="log-how">
      <h2 id="log-how">{t("trustLog.how.title")}</h2>
      <dl className="log-how">
        {(["chain", "witness", "receipt", "erase", "not"] as const).map((part) => (
          <div key={part}>
            <dt>{t(`trustLog.how.${part}.name`)}</dt>
            <dd>{t(`trustLog.how.${part}.text`)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
