import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Outcome, useAct } from "../shared/acts";
import { Failure, Loading } from "../shared/states";
import { startImport, type Upload, usePreview, useSuggestion, useUpload } from "./api";
import { KeepMapping } from "./KeepMapping";
import { MappingForm } from "./MappingForm";
import { PreviewPanel } from "./PreviewPanel";
import {
  type Draft,
  draftOf,
  dropDraft,
  keepDraft,
  keptDraft,
  type Lack,
  lacksOf,
  planOf,
  type Suggestion,
} from "./plan";

const PAUSE_MS = 500;

/** One file that was sent in: what its columns mean, what its rows would become, and the button that begins. */
export function Prepare({ id, leave }: { id: string; leave: () => void }) {
  const { t } = useTranslation();
  const upload = useUpload(id);
  const seen = useSuggestion(id);
  const error = upload.error ?? seen.error;
  return (
    <>
      <p className="answer">
        {seen.data
          ? t(`imports.prepare.answer.${seen.data.kind === "mapping" ? "table" : "whole"}`, {
              name: upload.data?.name ?? "",
              columns: seen.data.columns.length,
            })
          : t("imports.prepare.looking", { name: upload.data?.name ?? "" })}
      </p>
      <p className="row">
        <button type="button" className="quiet" onClick={leave}>
          {t("imports.prepare.back")}
        </button>
        <span className="soft">{t("imports.prepare.kept")}</span>
      </p>
      {error && <Failure error={error} retry={() => void seen.refetch()} />}
      {!error && !(upload.data && seen.data) && <Loading lines={8} />}
      {upload.data && seen.data && <Choosing upload={upload.data} seen={seen.data} />}
    </>
  );
}

function Choosing({ upload, seen }: { upload: Upload; seen: Suggestion }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const act = useAct();
  const [draft, setDraft] = useState<Draft>(() => keptDraft(upload.id) ?? draftOf(seen));
  useEffect(() => keepDraft(upload.id, draft), [upload.id, draft]);
  const lacks = lacksOf(draft, seen);
  const settled = useSettled(draft);
  const plan = lacksOf(settled, seen).length ? null : planOf(settled, seen);
  const preview = usePreview(upload.id, plan);
  const begin = () =>
    act.run(async () => {
      const job = await startImport(upload.id, planOf(draft, seen));
      dropDraft(upload.id);
      await queries.invalidateQueries({ queryKey: ["imports"] });
      void queries.invalidateQueries({ queryKey: ["jobs"] });
      await navigate(`/imports/${job.id}`);
      return null;
    });
  return (
    <>
      <MappingForm seen={seen} draft={draft} change={setDraft} />
      <section className="block-section" aria-live="polite">
        <h2>{t("imports.preview.title")}</h2>
        {lacks.length > 0 && <Lacks lacks={lacks} />}
        {lacks.length === 0 && preview.isPending && <Loading />}
        {lacks.length === 0 && preview.isError && <Failure error={preview.error} />}
        {lacks.length === 0 && preview.data && (
          <PreviewPanel preview={preview.data} busy={preview.isFetching || settled !== draft} />
        )}
      </section>
      <p className="row">
        <button type="button" className="main" disabled={act.busy || lacks.length > 0} onClick={() => void begin()}>
          {t("imports.prepare.begin")}
        </button>
        <span className="soft">{t("imports.prepare.safe")}</span>
      </p>
      <Outcome act={act} />
      {seen.kind === "mapping" && <KeepMapping seen={seen} draft={draft} change={setDraft} />}
    </>
  );
}

function Lacks({ lacks }: { lacks: Lack[] }) {
  const { t } = useTranslation();
  return (
    <ul className="lacks">
      {lacks.map((lack) => (
        <li key={lack}>{t(`imports.lack.${lack}`)}</li>
      ))}
    </ul>
  );
}

/** A value that follows only when it has stood still for a moment. */
function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [value]);
  return settled;
}
