import { useQuery } from "@tanstack/react-query";
import { inLanguage } from "../access/session";
import { ask } from "../api/client";

export interface Unit {
  unit: string;
  level: "head_office" | "first_level_branch" | "branch" | "desk";
  name_zh: string;
  name_en: string;
  parent: string | null;
  open: boolean;
  merged_into: string | null;
}

export type ActName = "open" | "rename" | "move" | "merge" | "close";

export interface UnitChange {
  act: ActName;
  unit: string;
  valid_from: string;
  recorded: string;
  by: string | null;
  facts: Record<string, string>;
}

export interface Organisation {
  on: string;
  units: Unit[];
  changes: UnitChange[];
}

export function useOrganisation(on?: string | null) {
  return useQuery({
    queryKey: ["organisation", on ?? ""],
    queryFn: ({ signal }) => ask<Organisation>(`/v1/settings/organisation${on ? `?on=${on}` : ""}`, { signal }),
  });
}

export function unitName(unit: Unit, language: string): string {
  return inLanguage({ zh: unit.name_zh, en: unit.name_en }, language);
}

export interface Branch {
  unit: Unit;
  depth: number;
  below: Branch[];
}

/** The units as trees, tops first; a unit whose parent is not among them is a top itself. Circles are cut. */
export function treeOf(units: readonly Unit[]): Branch[] {
  const known = new Set(units.map((unit) => unit.unit));
  const seen = new Set<string>();
  const below = (parent: string | null, depth: number): Branch[] =>
    units
      .filter((unit) => (unit.parent !== null && known.has(unit.parent) ? unit.parent : null) === parent)
      .filter((unit) => !seen.has(unit.unit))
      .map((unit) => {
        seen.add(unit.unit);
        return { unit, depth, below: below(unit.unit, depth + 1) };
      });
  return below(null, 0);
}

/** The same trees line by line, for lists to choose from. */
export function linesOf(branches: readonly Branch[]): Branch[] {
  return branches.flatMap((branch) => [branch, ...linesOf(branch.below)]);
}
