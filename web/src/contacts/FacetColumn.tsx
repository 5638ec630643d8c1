import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { inLanguage } from "../access/session";
import { Reason } from "../shared/acts";
import { Loading } from "../shared/states";
import type { FacetMember, Facets } from "./api";
import { useConditions } from "./description";
import { useWords, type Words } from "./words";

interface Props {
  params: URLSearchParams;
  change: (changes: Record<string, string | null>) => void;
  facets: Facets | undefined;
  failed: unknown;
}

/** Dimension of the facets → name in the address. */
const dimensions = {
  type: "kind",
  channel: "channel",
  org: "branch",
  product: "product",
  segment: "segment",
  journey: "journey",
  step: "step",
} as const;
type Dimension = keyof typeof dimensions;
const SHOWN = 6;

/** What narrows the list down, each with how many contacts it would leave; beside the list, or above it on a phone. */
export function FacetColumn({ params, change, facets, failed }: Props) {
  const { t } = useTranslation();
  const wide = window.matchMedia("(min-width: 1000px)").matches;
  return (
    <aside className="facets" aria-label={t("contacts.filters")}>
      <Chips params={params} change={change} facets={facets} />
      <details open={wide}>
        <summary>{t("contacts.filters")}</summary>
        <Days params={params} change={change} />
        {!facets && !failed && <Loading lines={10} />}
        {failed !== null && failed !== undefined && <Reason error={failed} />}
        {facets &&
          (Object.keys(dimensions) as Dimension[]).map((dimension) => (
            <Facet
              key={dimension}
              dimension={dimension}
              members={facets.facets[dimension] ?? []}
              chosen={params.get(dimensions[dimension])}
              choose={(value) => change({ [dimensions[dimension]]: value, open: null })}
            />
          ))}
      </details>
    </aside>
  );
}

function Chips({ params, change, facets }: Omit<Props, "failed">) {
  const { t } = useTranslation();
  const conditions = useConditions(params, facets);
  if (conditions.length === 0) return null;
  return (
    <ul className="chips">
      {conditions.map((one) => (
        <li key={one.key}>
          <Button
            size="small"
            aria-label={t("contacts.remove", { name: one.text })}
            onClick={() => change(one.without)}
          >
            {one.text} ×
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Days({ params, change }: Pick<Props, "params" | "change">) {
  const { t } = useTranslation();
  return (
    <div className="facet-days">
      {(["from", "to"] as const).map((name) => (
        <label key={name}>
          {t(`contacts.${name}`)}
          <input
            type="date"
            value={params.get(name) ?? ""}
            onChange={(event) => change({ [name]: event.target.value || null, open: null })}
          />
        </label>
      ))}
    </div>
  );
}

interface FacetProps {
  dimension: Dimension;
  members: FacetMember[];
  chosen: string | null;
  choose: (value: string | null) => void;
}

function Facet({ dimension, members, chosen, choose }: FacetProps) {
  const { t } = useTranslation();
  const words = useWords();
  const [all, setAll] = useState(false);
  const stated = members.filter((one) => one.key !== null);
  if (stated.length === 0 || (stated.length === 1 && chosen === null && dimension !== "type")) return null;
  const shown = all ? members : members.filter((one, at) => at < SHOWN || one.key === chosen);
  return (
    <section className="facet">
      <h2>{t(`contacts.facet.${dimension}`)}</h2>
      <ul>
        {shown.map((one) => (
          <FacetLine
            key={one.key ?? ""}
            one={one}
            text={textOf(words, dimension, one, t("contacts.unstated"))}
            chosen={chosen === (one.key ?? "")}
            choose={choose}
          />
        ))}
      </ul>
      {members.length > shown.length && (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t("contacts.moreOf", { count: members.length - shown.length })}
        </Button>
      )}
      {all && members.length > SHOWN && (
        <Button type="link" size="small" onClick={() => setAll(false)}>
          {t("contacts.fewer")}
        </Button>
      )}
    </section>
  );
}

interface LineProps {
  one: FacetMember;
  text: string;
  chosen: boolean;
  choose: (value: string | null) => void;
}

function FacetLine({ one, text, chosen, choose }: LineProps) {
  const words = useWords();
  return (
    <li>
      <button
        type="button"
        className="facet-line"
        aria-pressed={chosen}
        onClick={() => choose(chosen ? null : (one.key ?? ""))}
      >
        <span>{text}</span>
        <span className="soft">{words.format.whole(one.n)}</span>
      </button>
    </li>
  );
}

function textOf(words: Words, dimension: Dimension, one: FacetMember, unstated: string): string {
  if (one.key === null) return unstated;
  if (one.name) return inLanguage(one.name, words.format.language);
  if (dimension === "type") return words.kind(one.key);
  if (dimension === "journey" || dimension === "step") return words.name(dimension, one.key);
  return words.name("member", one.key);
}
