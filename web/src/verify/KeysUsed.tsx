import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { LongKey } from "../trust/log/LongKey";
import { Refusal } from "./engine/bytes";
import type { Keys } from "./useKeys";

/** Which keys the check believes, letter by letter, and the way to bring others. */
export function KeysUsed({ keys }: { keys: Keys }) {
  const { t } = useTranslation();
  const { logs, witnesses, needed } = keys.trusted;
  if (keys.from === "loading") return null;
  return (
    <section className="block-section" aria-labelledby="verify-keys">
      <h2 id="verify-keys">{t("verify.keys.title")}</h2>
      <p className="measure-width">{t(`verify.keys.${keys.from}`)}</p>
      {keys.changed && <p className="refusal">{t("verify.keys.changed")}</p>}
      {logs.length > 0 && (
        <>
          <dl className="pairs verify-keys">
            {logs.map((key) => (
              <div key={key.written}>
                <dt>{t("verify.keys.log")}</dt>
                <dd>
                  <LongKey written={key.written} />
                </dd>
              </div>
            ))}
            {witnesses.map(({ name, key }) => (
              <div key={key.written}>
                <dt>
                  {t("verify.keys.witness")} {name}
                </dt>
                <dd>
                  <LongKey written={key.written} />
                </dd>
              </div>
            ))}
          </dl>
          <p className="soft">
            {needed === 0 ? t("verify.keys.needed_zero") : t("verify.keys.needed", { count: needed })}
          </p>
        </>
      )}
      {keys.from === "own" ? (
        <p className="row">
          <button type="button" className="quiet" onClick={keys.drop}>
            {t("verify.keys.drop")}
          </button>
        </p>
      ) : (
        <PasteKeys paste={keys.paste} open={keys.from !== "page"} />
      )}
    </section>
  );
}

function PasteKeys({ paste, open }: { paste: Keys["paste"]; open: boolean }) {
  const { t } = useTranslation();
  const id = useId();
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<Refusal | null>(null);
  const use = () => {
    try {
      paste(text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setWrong(error);
    }
  };
  return (
    <details className="definition" open={open}>
      <summary>{t("verify.keys.paste")}</summary>
      <div className="field">
        <label htmlFor={id}>{t("verify.keys.pasteLabel")}</label>
        <textarea
          id={id}
          value={text}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={wrong !== null}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setWrong(null);
          }}
        />
        <div role="alert">
          {wrong && (
            <p className="refusal" id={`${id}-wrong`}>
              {wrong.code === "key_no_log" ? t("verify.keys.noLog") : t("verify.keys.wrong", wrong.facts)}
            </p>
          )}
        </div>
        <p className="row">
          <button type="button" className="quiet" disabled={text.trim() === ""} onClick={use}>
            {t("verify.keys.use")}
          </button>
        </p>
      </div>
    </details>
  );
}
