import { type ChangeEvent, type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNames } from "../shared/names";
import { channels, type Walk } from "./api";
import { Feelings } from "./Feelings";
import { newKey, type UnsentStep } from "./outbox";
import { Choice } from "./PlanForm";
import { shrunk } from "./pictures";

interface Props {
  walk: Walk;
  /** From when to when the clock ran, in ms since 1970. */
  span: { from: number; to: number };
  unsent: UnsentStep[];
  keep: (step: UnsentStep, photos: string[]) => void;
  drop: () => void;
}

const PHOTOS_MAX = 6;
const OTHER = "";

/** One step as it was: which, how long, how it felt, what was seen. */
export function StepForm({ walk, span, unsent, keep, drop }: Props) {
  const { t } = useTranslation();
  const name = useNames();
  const seen = new Set([...walk.done, ...unsent].map((step) => step.step));
  const left = walk.steps.filter((step) => !seen.has(step));
  const [step, setStep] = useState(left[0] ?? OTHER);
  const [other, setOther] = useState("");
  const [minutes, setMinutes] = useState(() => ((span.to - span.from) / 60_000).toFixed(1));
  const [feeling, setFeeling] = useState<number | null>(null);
  const [channel, setChannel] = useState<string>(walk.unit ? "branch" : "phone");
  const [note, setNote] = useState("");
  const [photos, setPhotos] = useState<string[]>([]);
  const [key] = useState(newKey);
  const named = step === OTHER ? other.trim() : step;
  const ready = named !== "" && feeling !== null && Number(minutes) >= 0 && minutes.trim() !== "";
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!ready || feeling === null) return;
    const seconds = Math.round(Number(minutes) * 60);
    const done = new Date(span.to).toISOString();
    keep({ key, step: named, seconds, feeling, done, channel, note: note.trim() || null }, photos);
  };
  return (
    <form className="walk-step" onSubmit={save}>
      <Choice
        label={t("walks.step")}
        value={step}
        choose={setStep}
        options={[...left.map((one): [string, string] => [one, name("step", one)]), [OTHER, t("walks.addStep")]]}
      />
      {step === OTHER && (
        <label className="field">
          <span className="label">{t("walks.addStep")}</span>
          <input
            className="plain-input"
            maxLength={200}
            value={other}
            onChange={(event) => setOther(event.target.value)}
          />
        </label>
      )}
      <Minutes value={minutes} change={setMinutes} />
      <Feelings legend={t("walks.felt")} value={feeling} choose={setFeeling} />
      <Choice
        label={t("quality.dimension.channel")}
        value={channel}
        choose={setChannel}
        options={channels.map((one) => [one, name("member", one)])}
      />
      <label className="field">
        <span className="label">{t("walks.note")}</span>
        <textarea maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} />
      </label>
      <Photos photos={photos} change={setPhotos} />
      <button type="submit" className="main walk-big" disabled={!ready}>
        {t("walks.keep")}
      </button>
      <button type="button" className="quiet walk-big" onClick={drop}>
        {t("walks.skip")}
      </button>
    </form>
  );
}

function Minutes({ value, change }: { value: string; change: (value: string) => void }) {
  const { t } = useTranslation();
  return (
    <label className="field">
      <span className="label">{t("walks.minutes")}</span>
      <input
        className="plain-input"
        type="number"
        inputMode="decimal"
        min="0"
        step="0.1"
        value={value}
        onChange={(event) => change(event.target.value)}
      />
    </label>
  );
}

function Photos({ photos, change }: { photos: string[]; change: (photos: string[]) => void }) {
  const { t } = useTranslation();
  const [failed, setFailed] = useState(false);
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    event.target.value = "";
    if (!file) return;
    try {
      change([...photos, await shrunk(file)]);
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return (
    <div className="field">
      <label className="quiet walk-photo">
        {t("walks.photo")}
        <input
          type="file"
          accept="image/*"
          capture="environment"
          className="unseen"
          disabled={photos.length >= PHOTOS_MAX}
          onChange={(event) => void take(event)}
        />
      </label>
      <p className="hint">{t("walks.photoHint")}</p>
      {failed && <p className="refusal">{t("walks.photoFailed")}</p>}
      {photos.length > 0 && (
        <p className="walk-photos">
          {photos.map((data) => (
            <img key={data.slice(-64)} src={data} alt={t("walks.photos", { count: 1 })} />
          ))}
        </p>
      )}
    </div>
  );
}
