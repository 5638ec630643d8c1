import { type FormEvent, type ReactNode, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ask } from "../../api/client";
import { Outcome, useAct } from "../../shared/acts";
import { dayText } from "../../shared/period";
import { type ActName, type Unit, unitName } from "../organisation";
import { UnitPicker } from "../UnitPicker";

interface Preview {
  says_zh: string;
  says_en: string;
  follow: string[];
}

const acts: readonly ActName[] = ["rename", "move", "merge", "close"];
const levels = ["head_office", "first_level_branch", "branch", "desk"] as const;
const address = "/v1/settings/organisation";

/** Open a unit, or change one from a day on: first what would happen, then, if that is meant, it happens. */
export function ChangeForm({ unit, changed }: { unit: Unit | null; changed: () => Promise<void> }) {
  const { t, i18n } = useTranslation();
  const act = useAct();
  const [kind, setKind] = useState<ActName>(unit ? "rename" : "open");
  const [preview, setPreview] = useState<Preview | null>(null);
  const key = useRef(crypto.randomUUID());
  const form = useRef<HTMLFormElement>(null);
  const says = preview && (i18n.language === "zh-CN" ? preview.says_zh : preview.says_en);

  const wanted = () => {
    const given = [...new FormData(form.current ?? undefined)].filter(([, value]) => value !== "");
    return { ...Object.fromEntries(given), act: kind, ...(unit && { unit: unit.unit }) };
  };
  const look = (event: FormEvent) => {
    event.preventDefault();
    setPreview(null);
    void act.run(async () => {
      setPreview(await ask<Preview>(`${address}/preview`, { method: "POST", json: wanted() }));
      return null;
    });
  };
  const doIt = () =>
    void act.run(async () => {
      await ask(address, { method: "POST", json: { ...wanted(), idempotency_key: key.current } });
      key.current = crypto.randomUUID();
      setPreview(null);
      await changed();
      return t("settings.branches.done");
    });

  return (
    <form ref={form} onSubmit={look} onChange={() => setPreview(null)} className="stack">
      {unit ? (
        <>
          <p className="strong">{`${unitName(unit, i18n.language)} (${unit.unit})`}</p>
          <Kinds kind={kind} choose={setKind} />
        </>
      ) : (
        <NewUnit />
      )}
      <Details kind={kind} unit={unit} />
      <Field label={t("settings.branches.from")}>
        {(id) => <input id={id} name="valid_from" type="date" required defaultValue={dayText(new Date())} />}
      </Field>
      <p className="row">
        <button type="submit" className="quiet" disabled={act.busy}>
          {t("settings.branches.preview")}
        </button>
      </p>
      <Outcome act={act} />
      {preview && (
        <div className="note">
          <p className="strong">{says}</p>
          {preview.follow.length > 0 && (
            <p className="soft">{t("settings.branches.follow", { count: preview.follow.length })}</p>
          )}
          <p className="soft">{t("settings.branches.lasting")}</p>
          <button type="button" className="main" onClick={doIt} disabled={act.busy}>
            {t("settings.branches.doIt")}
          </button>
        </div>
      )}
    </form>
  );
}

function Kinds({ kind, choose }: { kind: ActName; choose: (kind: ActName) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className="choices">
      <legend>{t("settings.branches.what")}</legend>
      {acts.map((one) => (
        <label key={one}>
          <input type="radio" checked={kind === one} onChange={() => choose(one)} />
          {t(`settings.branches.act.${one}`)}
        </label>
      ))}
    </fieldset>
  );
}

function NewUnit() {
  const { t } = useTranslation();
  return (
    <>
      <Field label={t("settings.branches.code")}>
        {(id) => <input id={id} name="unit" required maxLength={100} pattern="[A-Za-z0-9][A-Za-z0-9_.\-]*" />}
      </Field>
      <Field label={t("settings.branches.levelTitle")}>
        {(id) => (
          <select id={id} name="level" defaultValue="branch">
            {levels.map((level) => (
              <option key={level} value={level}>
                {t(`settings.branches.level.${level}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}

/** What an act needs beside the unit and the day. */
function Details({ kind, unit }: { kind: ActName; unit: Unit | null }) {
  const { t } = useTranslation();
  const itself = new Set(unit ? [unit.unit] : []);
  const parent = t("settings.branches.parent");
  return (
    <>
      {(kind === "open" || kind === "rename") && (
        <>
          <Field label={t("settings.branches.nameZh")}>
            {(id) => <input id={id} name="name_zh" required maxLength={100} defaultValue={unit?.name_zh} />}
          </Field>
          <Field label={t("settings.branches.nameEn")}>
            {(id) => <input id={id} name="name_en" required maxLength={100} defaultValue={unit?.name_en} />}
          </Field>
        </>
      )}
      {kind === "open" && <UnitPicker name="parent" label={parent} none={t("settings.branches.noParent")} />}
      {kind === "move" && <UnitPicker key="move" name="parent" label={parent} without={itself} />}
      {kind === "merge" && <UnitPicker key="merge" name="into" label={t("settings.branches.into")} without={itself} />}
    </>
  );
}

function Field({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}
