/** The shapes of `/v1/quality` as the pages use them; times are UTC microseconds. */
export type Unit = "share" | "seconds" | "hours" | "points" | "score" | "per_10000" | "count";

export interface Text {
  zh: string;
  en: string;
}

export interface Figure {
  id: string;
  value: number | null;
  n: number;
  low: number | null;
  high: number | null;
  unit: Unit;
  definition: string;
  contacts: string;
  rankable: boolean;
  missing?: string | null;
}

export interface Definition {
  id: string;
  name: Text;
  short: Text;
  text: Text;
  interval: Text;
  unit: Unit;
  better: "higher" | "lower" | "none";
  source: string;
}

export interface Scope {
  position: number;
  events: number;
  first_us: number | null;
  last_us: number | null;
}

export interface Group {
  key: string | null;
  name?: Text | null;
  figures: Record<string, Figure>;
  since_us?: number | null;
  until_us?: number | null;
}

export interface QualityFigures {
  scope: Scope;
  figures: Record<string, Figure>;
}

export interface GroupedFigures {
  scope: Scope;
  groups: Group[];
}

export const inLanguage = (text: Text, language: string): string => (language === "zh-CN" ? text.zh : text.en);
