import { useQueryClient } from "@tanstack/react-query";
import { type DragEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client";
import { useFormat } from "../shared/format";
import { sendFile, type Upload } from "./api";
import { example, exampleName, saveText } from "./example";

/** Sending one file: how much has left this browser, and why it was not taken. */
function useSending(sent: (upload: Upload) => void) {
  const queries = useQueryClient();
  const [share, setShare] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const send = async (file: File | undefined) => {
    if (!file) return;
    setError(null);
    setShare(0);
    try {
      const upload = await sendFile(file, setShare);
      void queries.invalidateQueries({ queryKey: ["imports", "uploads"] });
      sent(upload);
    } catch (failed) {
      setError(failed);
    } finally {
      setShare(null);
    }
  };
  return { send, share, error };
}

/** A place to drop a file or to choose one; tells how much has been sent, and what to do when it was not taken. */
export function DropZone({ sent, empty }: { sent: (upload: Upload) => void; empty: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const [over, setOver] = useState(false);
  const { send, share, error } = useSending(sent);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void send(event.dataTransfer.files[0]);
  };
  return (
    <section
      className={over ? "drop-zone over" : "drop-zone"}
      aria-labelledby={`${id}-title`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <h2 id={`${id}-title`}>{t("imports.drop.title")}</h2>
      <p className="soft measure-width">{t("imports.drop.what")}</p>
      <p className="row">
        <label className="main file-button" htmlFor={`${id}-file`}>
          {t("imports.drop.choose")}
        </label>
        <input
          id={`${id}-file`}
          className="unseen"
          type="file"
          disabled={share !== null}
          accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.xes,.xml,.parquet,.gz"
          onChange={(event) => {
            void send(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
        <button type="button" className="quiet" onClick={() => saveText(exampleName, example)}>
          {t("imports.drop.example")}
        </button>
      </p>
      {empty && <p className="soft measure-width">{t("imports.drop.teach")}</p>}
      <div aria-live="polite">
        {share !== null && (
          <div className="job-progress">
            <progress max={1} value={share} aria-label={t("imports.drop.sending")} />
            <span className="soft figures">
              {t("imports.drop.sending")} {format.share(share, 0)}
            </span>
          </div>
        )}
        {error !== null && <NotTaken error={error} />}
      </div>
    </section>
  );
}

function NotTaken({ error }: { error: unknown }) {
  const { t, i18n } = useTranslation();
  const code = error instanceof ApiError && error.status > 0 ? error.code : "no_answer";
  const key = `imports.refused.${code}`;
  return (
    <div className="refusal" role="alert">
      <p>{i18n.exists(key) ? t(key) : t("imports.refused.other")}</p>
      {error instanceof ApiError && error.status > 0 && (
        <p className="soft" lang="en">
          {error.message}
        </p>
      )}
    </div>
  );
}
