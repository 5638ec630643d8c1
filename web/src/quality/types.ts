/** The shapes of `/v1/quality` as the pages use them, narrowed where the interface description is wider than the facts. */
import type { Schemas } from "../api/client";

export type Unit = "share" | "seconds" | "hours" | "points" | "score" | "per_10000" | "count";
export type Text = Schemas["TextModel"];
export type Figure = Omit<Schemas["FigureModel"], "unit"> & { unit: Unit };
export type Definition = Omit<Schemas["DefinitionModel"], "better" | "unit"> & {
  better: "higher" | "lower" | "none";
  unit: Unit;
};
export type Scope = Schemas["ScopeModel"];
export type Group = Omit<Schemas["GroupModel"], "figures"> & { figures: Record<string, Figure> };
export type Standing = { target: number; verdict: "met" | "open" | "missed" | null };
export type QualityFigures = Omit<Schemas["OverviewModel"], "figures" | "targets"> & {
  figures: Record<string, Figure>;
  targets: Record<string, Standing>;
};
export type GroupedFigures = Omit<Schemas["GroupsModel"], "groups"> & { groups: Group[] };
export type Contact = Schemas["ContactModel"];
export type ContactPage = Schemas["ContactPageModel"];

export const inLanguage = (text: Text, language: string): string => (language === "zh-CN" ? text.zh : text.en);
