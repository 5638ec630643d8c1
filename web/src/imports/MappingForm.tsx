import { useId } from "react";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../shared/DataTable";
import { useKinds } from "./kinds";
import { type Cast, type Choice, casts, type Draft, type Role, roles, type SeenColumn, type Suggestion } from "./plan";

interface Props {
  seen: Suggestion;
  draft: Draft;
  change: (draft: Draft) => void;
}

/** What the file is, what its rows are, and what each column means; all suggested, all to be changed. */
export function MappingForm({ seen, draft, change }: Props) {
  const { t } = useTranslation();
  return (
    <section className="block-section">
      <h2>{t("imports.mapping.title")}</h2>
      {seen.kind !== "mapping" && <p className="measure-width">{t(`imports.mapping.whole.${seen.kind}`)}</p>}
      {seen.shipped && <ShippedChoice shipped={seen.shipped} draft={draft} change={change} />}
      {draft.kind === "mapping" && (
        <>
          <Whole seen={seen} draft={draft} change={change} />
          <Columns seen={seen} draft={draft} change={change} />
        </>
      )}
      {draft.kind === "xes" && <Zone draft={draft} change={change} needed={false} />}
    </section>
  );
}

function ShippedChoice({ shipped, draft, change }: { shipped: string; draft: Draft; change: Props["change"] }) {
  const { t } = useTranslation();
  return (
    <fieldset className="choices">
      <legend>{t("imports.mapping.known")}</legend>
      {[shipped, "mapping"].map((kind) => (
        <label key={kind}>
          <input type="radio" name="kind" checked={draft.kind === kind} onChange={() => change({ ...draft, kind })} />
          {t(`imports.mapping.way.${kind}`)}
        </label>
      ))}
    </fieldset>
  );
}

function Whole({ seen, draft, change }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const kinds = useKinds();
  return (
    <div className="fields">
      <div className="field">
        <label htmlFor={`${id}-type`}>{t("imports.mapping.type")}</label>
        <select
          id={`${id}-type`}
          value={draft.type}
          onChange={(event) => change({ ...draft, type: event.target.value })}
        >
          {[...new Set([draft.type, ...kinds.names])].map((name) => (
            <option key={name} value={name}>
              {kinds.say(name)}
            </option>
          ))}
        </select>
      </div>
      <Zone draft={draft} change={change} needed={seen.needs_zone ?? false} />
      <div className="field">
        <label htmlFor={`${id}-journey`}>{t("imports.mapping.journey")}</label>
        <input
          id={`${id}-journey`}
          value={draft.journey}
          maxLength={200}
          autoComplete="off"
          placeholder={seen.mapping?.name}
          onChange={(event) => change({ ...draft, journey: event.target.value })}
        />
      </div>
    </div>
  );
}

function Zone({ draft, change, needed }: { draft: Draft; change: Props["change"]; needed: boolean }) {
  const { t } = useTranslation();
  const id = useId();
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = [...new Set([own, "Asia/Shanghai", "UTC", ...Intl.supportedValuesOf("timeZone")])];
  return (
    <div className="field">
      <label htmlFor={id}>{t("imports.mapping.zone")}</label>
      <select
        id={id}
        value={draft.zone}
        aria-invalid={needed && !draft.zone}
        onChange={(event) => change({ ...draft, zone: event.target.value })}
      >
        <option value="">{t(needed ? "imports.mapping.zoneChoose" : "imports.mapping.zoneOwn")}</option>
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </div>
  );
}

function Columns({ seen, draft, change }: Props) {
  const { t } = useTranslation();
  const set = (name: string, part: Partial<Choice>) => {
    const choice = draft.choices[name];
    if (choice) change({ ...draft, choices: { ...draft.choices, [name]: { ...choice, ...part } } });
  };
  const columns: Column<SeenColumn>[] = [
    {
      key: "name",
      title: t("imports.mapping.column"),
      cell: (column) => (
        <>
          <span className="strong column-name">{column.name}</span>
          <span className="soft block examples">{column.examples.join(t("shared.comma"))}</span>
        </>
      ),
    },
    {
      key: "role",
      title: t("imports.mapping.means"),
      width: "38%",
      cell: (column) => <RoleChoice column={column} choice={draft.choices[column.name]} set={set} />,
    },
    {
      key: "confidence",
      title: t("imports.mapping.sure"),
      wide: true,
      cell: (column) =>
        draft.choices[column.name]?.role === column.role
          ? t(`imports.mapping.confidence.${column.confidence}`)
          : t("imports.mapping.confidence.own"),
    },
  ];
  return (
    <DataTable
      caption={t("imports.mapping.title")}
      columns={columns}
      rows={seen.columns}
      rowKey={(column) => column.name}
    />
  );
}

interface RoleProps {
  column: SeenColumn;
  choice: Choice | undefined;
  set: (name: string, part: Partial<Choice>) => void;
}

function RoleChoice({ column, choice, set }: RoleProps) {
  const { t } = useTranslation();
  if (!choice) return null;
  return (
    <div className="role-choice">
      <select
        className="plain-input"
        aria-label={t("imports.mapping.meansOf", { name: column.name })}
        value={choice.role}
        onChange={(event) => set(column.name, { role: event.target.value as Role })}
      >
        {roles.map((role) => (
          <option key={role} value={role}>
            {t(`imports.role.${role}`)}
          </option>
        ))}
      </select>
      {choice.role === "data" && (
        <select
          className="plain-input"
          aria-label={t("imports.mapping.castOf", { name: column.name })}
          value={choice.cast}
          onChange={(event) => set(column.name, { cast: event.target.value as Cast })}
        >
          {casts.map((cast) => (
            <option key={cast} value={cast}>
              {t(`imports.cast.${cast}`)}
            </option>
          ))}
        </select>
      )}
      {(choice.role === "time" || choice.cast === "moment") && (
        <input
          className="plain-input"
          aria-label={t("imports.mapping.formatOf", { name: column.name })}
          value={choice.formats.join(" | ")}
          placeholder="iso"
          spellCheck={false}
          onChange={(event) =>
            set(column.name, {
              formats: event.target.value
                .split("|")
                .map((one) => one.trim())
                .filter(Boolean),
            })
          }
        />
      )}
    </div>
  );
}
