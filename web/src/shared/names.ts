import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

export type Named = "journey" | "step" | "member" | "kind" | "attribute" | "input";
export type NameOf = (sort: Named, key: string) => string;

/**
 * What the reader calls something that the record names with a key; unknown keys are shown as they are.
 *
 * The table is read as an object, because keys come from files and may hold any sign, also those that i18next gives
 * a meaning of its own.
 */
export function nameOf(t: TFunction, sort: Named, key: string): string {
  const table: unknown = t(`shared.${sort}`, { returnObjects: true });
  if (table && typeof table === "object" && Object.hasOwn(table, key)) {
    const found = (table as Record<string, unknown>)[key];
    if (typeof found === "string") return found;
  }
  return key;
}

export function useNames(): NameOf {
  const { t } = useTranslation();
  return useMemo(() => (sort, key) => nameOf(t, sort, key), [t]);
}
