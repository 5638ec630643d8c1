import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";
import type { Listing } from "./engine/bundle";
import { seenBy, type Verdict } from "./engine/check";
import type { Sort } from "./engine/files";
import { entryOf } from "./engine/proof";
import { isOf, type Pointer } from "./engine/tiles";
import { type Outcome, outcomeOf } from "./outcome";
import { RecordTold, useKindName } from "./RecordTold";
import { StepsTaken } from "./StepsTaken";
import type { Brought } from "./VerifyPage";

/** Names of files that do not fit; more than these say nothing new. */
const UNFIT_SHOWN = 20;
const MARKS: Record<Outcome, string> = { good: "✓", bad: "✕", open: "?" };

interface ResultProps {
  brought: Brought;
  verdicts: Verdict[];
  /** What a code that was scanned before names. */
  pointer: Pointer | null;
}

/** What came of the check, in one sentence, then what was recorded, what that proves, and what it does not. */
export function Result({ brought, verdicts, pointer }: ResultProps) {
  const { t } = useTranslation();
  const worst = Math.max(
    0,
    verdicts.findIndex((one) => !one.ok),
  );
  const [chosen, setChosen] = useState(worst);
  const shown = verdicts[chosen];
  if (brought.failed || !shown) {
    return (
      <Told outcome="bad" name={brought.name} title={t("verify.failed.title")}>
        <p>{t(`verify.why.${brought.failed?.code ?? "unread"}`, brought.failed?.facts)}</p>
      </Told>
    );
  }
  return (
    <>
      {verdicts.length > 1 && (
        <Many brought={brought} verdicts={verdicts} chosen={chosen} choose={(at) => setChosen(at)} />
      )}
      {brought.listing && <Listed listing={brought.listing} />}
      <One verdict={shown} sort={brought.sort} name={verdicts.length > 1 ? null : brought.name} pointer={pointer} />
    </>
  );
}

interface ToldProps {
  outcome: Outcome;
  title: string;
  name: string | null;
  children: React.ReactNode;
}

/** The answer, its mark never by colour alone. */
function Told({ outcome, title, name, children }: ToldProps) {
  return (
    <div className={`verdict ${outcome}`} role="status">
      <p className="answer">
        <span className="verdict-mark" aria-hidden="true">
          {MARKS[outcome]}
        </span>
        {title}
      </p>
      {children}
      {name && <p className="soft">{name}</p>}
    </div>
  );
}

/** The other files of a bundle: as its list says, or not. */
function Listed({ listing: { fit, unfit } }: { listing: Listing }) {
  const { t } = useTranslation();
  if (unfit.length === 0) {
    return <p className="soft measure-width listing">{t("verify.listing.fit", { count: fit })}</p>;
  }
  return (
    <div className="refusal" role="alert">
      <p>{t("verify.listing.unfit", { count: unfit.length })}</p>
      <ul className="verify-list">
        {unfit.slice(0, UNFIT_SHOWN).map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </div>
  );
}

interface OneProps {
  verdict: Verdict;
  sort: Sort;
  name: string | null;
  pointer: Pointer | null;
}

function One({ verdict, sort, name, pointer }: OneProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const outcome = outcomeOf(verdict);
  const since = seenBy(verdict);
  const { proof, opening, why } = verdict;
  // Only what led to a signed fingerprint may be shown as recorded; witnesses may still be lacking then.
  const signed = verdict.states.signature === "good" && outcome !== "bad";
  const believed = signed ? opening : null;
  const title = signed && outcome === "open" ? t("verify.open.almost") : t(`verify.${outcome}.title`);
  return (
    <>
      <Told outcome={outcome} title={title} name={name}>
        {why && <p className="measure-width">{t(`verify.why.${why.code}`, why.facts)}</p>}
        {believed && proof && (
          <p className="measure-width">
            {t("verify.good.text", { origin: proof.checkpoint.origin, number: format.whole(proof.index + 1) })}
            {since !== null && t("verify.between")}
            {since !== null && t("verify.good.since", { moment: format.moment(new Date(since * 1000)) })}
          </p>
        )}
        {believed && proof && pointer && (
          <p className="measure-width strong">
            {t(isOf(pointer, proof.index, entryOf(believed)) ? "verify.link.same" : "verify.link.other")}
          </p>
        )}
      </Told>
      {believed && <RecordTold opening={believed} />}
      {believed && <Meaning verdict={verdict} sort={sort} />}
      {outcome !== "good" && <Next outcome={outcome} />}
      <StepsTaken verdict={verdict} />
    </>
  );
}

/** What was proved beside what was not: the second list matters as much as the first. */
function Meaning({ verdict, sort }: { verdict: Verdict; sort: Sort }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { proof } = verdict;
  if (!proof) return null;
  const { origin, size } = proof.checkpoint;
  const since = seenBy(verdict);
  return (
    <div className="verify-meaning">
      <section className="block-section" aria-labelledby="verify-proved">
        <h2 id="verify-proved">{t("verify.proved.title")}</h2>
        <ul className="verify-list proved">
          <li>{t("verify.proved.content")}</li>
          <li>{t("verify.proved.place", { number: format.whole(proof.index + 1), size: format.whole(size) })}</li>
          <li>{t("verify.proved.signature", { origin })}</li>
          {since !== null && (
            <li>
              {t("verify.proved.witness", {
                names: format.list(verdict.seen.map((one) => one.name)),
                moment: format.moment(new Date(since * 1000)),
              })}
            </li>
          )}
        </ul>
      </section>
      <section className="block-section" aria-labelledby="verify-unproved">
        <h2 id="verify-unproved">{t("verify.unproved.title")}</h2>
        <ul className="verify-list unproved">
          <li>{t("verify.unproved.truth")}</li>
          {sort === "certificate" && <li>{t("verify.unproved.paper")}</li>}
          {since === null && <li>{t("verify.unproved.noWitness")}</li>}
          <li>{t("verify.unproved.time")}</li>
          <li>{t("verify.unproved.after")}</li>
          <li>{t("verify.unproved.person")}</li>
        </ul>
      </section>
    </div>
  );
}

function Next({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation();
  return (
    <section className="block-section" aria-labelledby="verify-next">
      <h2 id="verify-next">{t("verify.next.title")}</h2>
      <ul className="verify-list">
        <li>{t("verify.next.keep")}</li>
        <li>{t("verify.next.again")}</li>
        {outcome === "bad" && <li>{t("verify.next.complain")}</li>}
      </ul>
    </section>
  );
}

interface ManyProps {
  brought: Brought;
  verdicts: Verdict[];
  chosen: number;
  choose: (at: number) => void;
}

/** All receipts of a bundle, each with how it came out; one of them is shown below. */
function Many({ brought, verdicts, chosen, choose }: ManyProps) {
  const { t } = useTranslation();
  const kindName = useKindName();
  const format = useFormat();
  const outcomes = verdicts.map(outcomeOf);
  const count = (sought: Outcome) => outcomes.filter((one) => one === sought).length;
  const good = count("good") === verdicts.length;
  const values = { count: verdicts.length, good: count("good") };
  return (
    <Told
      outcome={good ? "good" : count("bad") > 0 ? "bad" : "open"}
      title={t(good ? "verify.all" : "verify.some", values)}
      name={brought.name}
    >
      <ol className="receipt-choice" aria-label={t("verify.pick")}>
        {verdicts.map((verdict, at) => {
          const outcome = outcomes[at] ?? "open";
          const event = outcome === "good" ? verdict.opening?.event : undefined;
          const moment = event && new Date(Number(event.time_us) / 1000);
          return (
            <li key={brought.found[at]?.name ?? at}>
              <button type="button" aria-pressed={at === chosen} onClick={() => choose(at)}>
                <span className={`verdict-mark ${outcome}`} aria-hidden="true">
                  {MARKS[outcome]}
                </span>
                <span className="unseen">{t(`verify.${outcome}.title`)}</span>
                <span>{event ? kindName(event.type) : brought.found[at]?.name}</span>
                {moment && <span className="soft">{format.moment(moment)}</span>}
              </button>
            </li>
          );
        })}
      </ol>
    </Told>
  );
}
