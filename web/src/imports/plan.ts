/** From the choices somebody makes about columns to the mapping the server understands, and back. No page in here. */

export const envelopeRoles = [
  "time",
  "id",
  "subject",
  "case",
  "step",
  "channel",
  "org",
  "product",
  "actor",
  "team",
  "segment",
  "journey",
  "lifecycle",
] as const;
export const roles = [...envelopeRoles, "data", "personal", "out"] as const;
export type Role = (typeof roles)[number];
export type EnvelopeRole = (typeof envelopeRoles)[number];
export const casts = ["text", "int", "float", "bool", "moment"] as const;
export type Cast = (typeof casts)[number];

export interface Field {
  column?: string;
  as?: Cast;
  formats?: string[];
  constant?: string;
  pseudonymise?: string;
  values?: Record<string, string>;
  other?: string;
}
export type FieldOrColumn = string | Field;

export interface Mapping {
  mapping: 1;
  name?: string;
  format?: string;
  encoding?: string;
  delimiter?: string;
  source?: string;
  zone?: string;
  nulls?: string[];
  event: Record<string, FieldOrColumn>;
  data?: Record<string, FieldOrColumn>;
  personal?: Record<string, FieldOrColumn>;
}

export interface Plan {
  kind: string;
  mapping?: Mapping | null;
  journey?: string | null;
  zone?: string | null;
}

export interface SeenColumn {
  name: string;
  examples: string[];
  role: Role;
  confidence: "sure" | "likely" | "guess";
  filled: number;
  distinct: number;
  formats: string[];
}

export interface Suggestion {
  kind: string;
  format: string;
  shipped?: string | null;
  needs_zone?: boolean;
  rows_seen: number;
  columns: SeenColumn[];
  mapping: Mapping | null;
  saved?: string[];
}

export interface Choice {
  role: Role;
  cast: Cast;
  formats: string[];
}

/** What somebody has decided so far; kept in the browser until the import has begun. */
export interface Draft {
  kind: string;
  type: string;
  zone: string;
  journey: string;
  choices: Record<string, Choice>;
}

/** Words by which files name channels, and the channels they mean. */
export const channelWords: Record<string, string> = {
  app: "app",
  手机银行: "app",
  web: "web",
  网站: "web",
  网银: "web",
  branch: "branch",
  网点: "branch",
  柜台: "branch",
  phone: "phone",
  电话: "phone",
  热线: "phone",
  chat: "chat",
  在线客服: "chat",
  email: "email",
  邮件: "email",
  social: "social",
  微信: "social",
  partner: "partner",
  system: "system",
};

const columnOf = (value: FieldOrColumn | undefined) => (typeof value === "string" ? value : value?.column);

/** The draft that a mapping stands for, over the columns of a file. */
export function draftOf(seen: Suggestion, mapping: Mapping | null = seen.mapping): Draft {
  const choices: Record<string, Choice> = {};
  for (const column of seen.columns) {
    choices[column.name] = {
      role: mapping === seen.mapping ? column.role : "out",
      cast: "text",
      formats: column.formats,
    };
  }
  const put = (value: FieldOrColumn, role: Role) => {
    const choice = choices[columnOf(value) ?? ""];
    if (!choice) return;
    choice.role = role;
    if (typeof value === "string") return;
    choice.cast = value.as ?? "text";
    if (value.formats) choice.formats = value.formats;
  };
  for (const [name, value] of Object.entries(mapping?.event ?? {})) {
    if (envelopeRoles.includes(name as EnvelopeRole)) put(value, name as EnvelopeRole);
  }
  for (const value of Object.values(mapping?.data ?? {})) put(value, "data");
  for (const value of Object.values(mapping?.personal ?? {})) put(value, "personal");
  const type = mapping?.event.type;
  return {
    kind: seen.kind,
    type: (typeof type === "object" && type.constant) || "message.received.v1",
    zone: mapping?.zone ?? "",
    journey: "",
    choices,
  };
}

/** The plan that a draft asks for. */
export function planOf(draft: Draft, seen: Suggestion): Plan {
  if (draft.kind !== "mapping") return { kind: draft.kind, ...(draft.zone && { zone: draft.zone }) };
  const event: Mapping["event"] = { type: { constant: draft.type } };
  const data: NonNullable<Mapping["data"]> = {};
  const personal: NonNullable<Mapping["personal"]> = {};
  for (const column of seen.columns) {
    const choice = draft.choices[column.name];
    if (!choice || choice.role === "out") continue;
    if (choice.role === "data") data[memberOf(column.name, data)] = dataField(column.name, choice);
    else if (choice.role === "personal") personal[memberOf(column.name, personal)] = column.name;
    else event[choice.role] = envelopeField(column.name, choice);
  }
  const { nulls, format, encoding, delimiter, name } = seen.mapping ?? {};
  const mapping: Mapping = { mapping: 1, name, format, encoding, delimiter, nulls, event, data, personal };
  if (draft.zone) mapping.zone = draft.zone;
  return {
    kind: "mapping",
    mapping: JSON.parse(JSON.stringify(mapping)) as Mapping,
    ...(draft.journey && { journey: draft.journey }),
  };
}

function envelopeField(name: string, { role, formats }: Choice): FieldOrColumn {
  if (role === "time") return { column: name, formats: formats.length ? formats : ["iso"] };
  if (role === "subject") return { column: name, pseudonymise: "customer" };
  if (role === "channel") return { column: name, values: channelWords, other: "absent" };
  return name;
}

function dataField(name: string, { cast, formats }: Choice): FieldOrColumn {
  if (cast === "text") return name;
  if (cast === "moment") return { column: name, as: cast, formats: formats.length ? formats : ["iso"] };
  return { column: name, as: cast };
}

/** A column's name as a member of the data: lower case, words joined by underscores, each once. */
export function memberOf(name: string, taken: Record<string, unknown>): string {
  const plain = name
    .trim()
    .replace(/[^\p{L}\p{N}_]+/gu, "_")
    .replace(/^_+|_+$/g, "")
    .toLowerCase();
  const base = plain === "" || plain === "personal" ? `${plain}_` : plain;
  let found = base;
  for (let number = 2; found in taken; number++) found = `${base}_${number}`;
  return found;
}

export type Lack = "time" | "zone" | "subject" | "twice";

/** What is still missing before the file can be imported, most important first. */
export function lacksOf(draft: Draft, seen: Suggestion): Lack[] {
  if (draft.kind !== "mapping") return [];
  const used = Object.values(draft.choices).map((choice) => choice.role);
  const lacks: Lack[] = [];
  if (!used.includes("time")) lacks.push("time");
  if (seen.needs_zone && !draft.zone) lacks.push("zone");
  if (used.includes("personal") && !used.includes("subject")) lacks.push("subject");
  if (envelopeRoles.some((role) => used.filter((one) => one === role).length > 1)) lacks.push("twice");
  return lacks;
}

const KEPT = "tiexin.import.";

/** A draft survives a reload and a closed tab: it is kept in this browser until the import begins. */
export function keepDraft(upload: string, draft: Draft): void {
  try {
    localStorage.setItem(KEPT + upload, JSON.stringify(draft));
  } catch {
    // A full or forbidden store costs the draft, not the work.
  }
}

export function keptDraft(upload: string): Draft | null {
  try {
    return JSON.parse(localStorage.getItem(KEPT + upload) ?? "null") as Draft | null;
  } catch {
    return null;
  }
}

export function dropDraft(upload: string): void {
  localStorage.removeItem(KEPT + upload);
}
