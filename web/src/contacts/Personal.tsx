import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Reason } from "../shared/acts";
import { type OneContact, type Opened, useOpening } from "./api";
import { useWords } from "./words";

/** What is personal: sealed until somebody with the right asks for it, which is recorded each time. */
export function Personal({ position, personal }: { position: number; personal: OneContact["personal"] }) {
  const { t } = useTranslation();
  const opening = useOpening(position);
  if (personal.state === "none") return <p className="soft">{t("contacts.one.noPersonal")}</p>;
  return (
    <div className="personal" aria-live="polite">
      {opening.data ? (
        <Shown opened={opening.data} />
      ) : (
        <>
          <p>{t("contacts.one.sealed")}</p>
          <p className="soft">{t(personal.may_open ? "contacts.one.opens" : "contacts.one.mayNot")}</p>
          {personal.may_open && (
            <Button size="small" loading={opening.isPending} onClick={() => opening.mutate()}>
              {t("contacts.one.open")}
            </Button>
          )}
        </>
      )}
      {opening.isError && (
        <div role="alert">
          <Reason error={opening.error} />
        </div>
      )}
    </div>
  );
}

function Shown({ opened }: { opened: Opened }) {
  const { t } = useTranslation();
  const words = useWords();
  if (opened.state === "erased") return <p>{t("contacts.one.erased")}</p>;
  return (
    <>
      <dl className="pairs">
        {Object.entries(opened.personal ?? {}).map(([member, value]) => (
          <div key={member}>
            <dt>{words.label(member)}</dt>
            <dd>{said(value)}</dd>
          </div>
        ))}
      </dl>
      <p className="soft">{t("contacts.one.opened")}</p>
    </>
  );
}

/** A talk is shown turn by turn; anything else as it is. */
function said(value: unknown) {
  if (!Array.isArray(value)) return typeof value === "string" ? value : JSON.stringify(value);
  return (
    <ol className="turns">
      {value.map((turn, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the turns of a talk that is over never move.
        <li key={at}>{turnText(turn)}</li>
      ))}
    </ol>
  );
}

function turnText(turn: unknown): string {
  if (typeof turn === "string") return turn;
  if (turn && typeof turn === "object" && "text" in turn && typeof turn.text === "string") {
    const speaker = "speaker" in turn ? turn.speaker : "by" in turn ? turn.by : undefined;
    return typeof speaker === "string" ? `${speaker}: ${turn.text}` : turn.text;
  }
  return JSON.stringify(turn);
}
