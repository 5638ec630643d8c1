import { type DragEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { utf8Bytes } from "./engine/bytes";

interface Props {
  take: (name: string | null, read: () => Promise<Uint8Array>) => Promise<void>;
  /** Something was checked already. */
  again: boolean;
}

/** A place to drop a receipt, to choose its file, or to paste its text. */
export function DropReceipt({ take, again }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [over, setOver] = useState(false);
  const [text, setText] = useState("");
  const bring = (file: File | undefined) => {
    if (file) void take(file.name, async () => new Uint8Array(await file.arrayBuffer()));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    bring(event.dataTransfer.files[0]);
  };
  // Pasting often loses the last line end, or gains empty lines around.
  const paste = () => take(null, async () => utf8Bytes(`${text.replace(/\r\n/g, "\n").trim()}\n`));
  return (
    <section
      className={`drop-receipt${over ? " over" : ""}${again ? " once-more" : ""}`}
      aria-labelledby={`${id}-title`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <h2 id={`${id}-title`}>{t(again ? "verify.drop.another" : "verify.drop.title")}</h2>
      <p className="soft measure-width">{t("verify.drop.what")}</p>
      <p className="row">
        <label className={again ? "quiet file-button" : "main file-button"} htmlFor={`${id}-file`}>
          {t("verify.drop.choose")}
        </label>
        <input
          id={`${id}-file`}
          className="unseen"
          type="file"
          accept=".tlog-proof,.pdf,.zip,.txt"
          onChange={(event) => {
            bring(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
      </p>
      <details className="definition">
        <summary>{t("verify.drop.paste")}</summary>
        <div className="field">
          <label htmlFor={`${id}-text`}>{t("verify.drop.pasteLabel")}</label>
          <textarea
            id={`${id}-text`}
            value={text}
            spellCheck={false}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <p className="row">
            <button type="button" className="quiet" disabled={text.trim() === ""} onClick={() => void paste()}>
              {t("verify.drop.pasteDo")}
            </button>
          </p>
        </div>
      </details>
    </section>
  );
}
