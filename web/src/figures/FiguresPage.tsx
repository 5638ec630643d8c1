import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { useDefinitions } from "../quality/api";
import { type Definition, inLanguage } from "../quality/types";
import { useAddress } from "../shared/address";
import { ExportMenu } from "../shared/exporting/ExportMenu";
import { Empty, Failure, Loading } from "../shared/states";

/** What every figure counts, in two languages, and how sure it is; each has an address of its own. */
export default function FiguresPage() {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const { params, change } = useAddress();
  const sought = params.get("q") ?? "";
  const found = useMemo(() => sift(definitions.data ?? [], sought), [definitions.data, sought]);
  useArrival(definitions.isSuccess);
  return (
    <main className="content" id="content">
      <h1 className="question">{t("figures.question")}</h1>
      <p className="answer">
        {definitions.data ? t("figures.answer", { count: definitions.data.length }) : t("shared.loading")}
      </p>
      <div className="filters-row">
        <div className="field">
          <label htmlFor="figures-q">{t("figures.find")}</label>
          <input
            id="figures-q"
            type="search"
            value={sought}
            maxLength={100}
            onChange={(event) => change({ q: event.target.value })}
          />
        </div>
        <DefinitionExport rows={found} />
      </div>
      {definitions.isError && <Failure error={definitions.error} retry={() => void definitions.refetch()} />}
      {definitions.isLoading && <Loading lines={12} height={600} />}
      {definitions.isSuccess && found.length === 0 && <Empty title={t("figures.none", { words: sought })} />}
      <ol className="definitions">
        {found.map((definition) => (
          <One key={definition.id} definition={definition} />
        ))}
      </ol>
      <Intervals />
    </main>
  );
}

/** A definition in the reader's language first, the other below it. */
function One({ definition }: { definition: Definition }) {
  const { t, i18n } = useTranslation();
  const other = i18n.language === "zh-CN" ? "en" : "zh-CN";
  const here = (text: Definition["name"]) => inLanguage(text, i18n.language);
  const there = (text: Definition["name"]) => inLanguage(text, other);
  return (
    <li id={definition.id}>
      <h2>
        <a href={`#${definition.id}`}>{here(definition.name)}</a>{" "}
        <span className="soft" lang={other}>
          {there(definition.name)}
        </span>
      </h2>
      <p className="measure-width">{here(definition.text)}</p>
      <p className="soft measure-width" lang={other}>
        {there(definition.text)}
      </p>
      <dl className="facts inline-facts">
        <div>
          <dt>{t("quality.intervalMethod")}</dt>
          <dd>{here(definition.interval)}</dd>
        </div>
        <div>
          <dt>{t("figures.unit")}</dt>
          <dd>{t(`figures.units.${definition.unit}`)}</dd>
        </div>
        <div>
          <dt>{t("quality.better")}</dt>
          <dd>{t(`quality.betterIs.${definition.better}`)}</dd>
        </div>
        <div>
          <dt>{t("quality.source")}</dt>
          <dd lang="en">{definition.source}</dd>
        </div>
        <div>
          <dt>{t("figures.id")}</dt>
          <dd>
            <code>{definition.id}</code>
          </dd>
        </div>
      </dl>
    </li>
  );
}

/** How sure a figure is, told once for all of them. */
function Intervals() {
  const { t } = useTranslation();
  return (
    <section className="section" aria-labelledby="intervals">
      <h2 id="intervals">{t("figures.intervals.title")}</h2>
      {(["what", "width", "few", "ranks", "compare"] as const).map((part) => (
        <p key={part} className="measure-width">
          {t(`figures.intervals.${part}`)}
        </p>
      ))}
    </section>
  );
}

function DefinitionExport({ rows }: { rows: Definition[] }) {
  const { t } = useTranslation();
  const texts = ["id", "nameZh", "nameEn", "textZh", "textEn", "intervalZh", "intervalEn", "source"] as const;
  return (
    <ExportMenu
      name="definitions"
      title={t("app.page.figures")}
      table={() => ({
        title: t("app.page.figures"),
        columns: texts.map((key) => ({ key, title: t(`figures.column.${key}`), kind: "text" })),
        rows: rows.map((one) => [
          one.id,
          one.name.zh,
          one.name.en,
          one.text.zh,
          one.text.en,
          one.interval.zh,
          one.interval.en,
          one.source,
        ]),
      })}
    />
  );
}

/** The definitions in which every word that was typed stands, in either language. */
export function sift(definitions: Definition[], sought: string): Definition[] {
  const words = sought.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return definitions.filter(({ id, name, text }) => {
    const all = [id, name.zh, name.en, text.zh, text.en].join(" ").toLocaleLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** An address may name one figure; the browser looked for it before it stood there. */
function useArrival(there: boolean) {
  const { hash } = useLocation();
  useEffect(() => {
    if (there && hash) document.getElementById(decodeURIComponent(hash.slice(1)))?.scrollIntoView();
  }, [there, hash]);
}
