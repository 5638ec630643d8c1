import { useId } from "react";
import { useTranslation } from "react-i18next";
import { linesOf, treeOf, unitName, useOrganisation } from "./organisation";

interface Props {
  name: string;
  label: string;
  value?: string | null;
  /** What stands for no unit; without it a unit must be chosen. */
  none?: string;
  /** Codes that cannot be chosen. */
  without?: ReadonlySet<string>;
  onChange?: (unit: string) => void;
}

/** One open unit of the organisation, its place in the tree shown by indentation. */
export function UnitPicker({ name, label, value, none, without, onChange }: Props) {
  const { i18n } = useTranslation();
  const id = useId();
  const organisation = useOrganisation();
  const lines = linesOf(treeOf((organisation.data?.units ?? []).filter((unit) => unit.open)));
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        // The choice is set anew once the units have arrived.
        key={organisation.isSuccess ? "there" : "coming"}
        id={id}
        name={name}
        defaultValue={value ?? ""}
        required={none === undefined}
        onChange={(event) => onChange?.(event.target.value)}
      >
        <option value="">{none ?? ""}</option>
        {lines
          .filter(({ unit }) => !without?.has(unit.unit))
          .map(({ unit, depth }) => (
            <option key={unit.unit} value={unit.unit}>
              {`${"\u2003".repeat(depth)}${unitName(unit, i18n.language)} (${unit.unit})`}
            </option>
          ))}
      </select>
    </div>
  );
}
