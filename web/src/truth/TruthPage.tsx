import { useTranslation } from "react-i18next";
import { inLanguage } from "../quality/types";
import { type Column, DataTable } from "../shared/DataTable";
import { ExportMenu } from "../shared/exporting/ExportMenu";
import { type Format, useFormat } from "../shared/format";
import { Failure, Loading } from "../shared/states";
import { type Truth, type TruthLine, useTruth, type Verdict } from "./api";
import "./truth.css";

const GROUPS = ["journeys", "branches", "improvements", "complaints", "transferred", "figures", "later"] as const;
const MARK: Record<Verdict, string> = {
  found: "✓",
  within: "✓",
  missed: "✗",
  outside: "✗",
  not_looked: "–",
  too_few: "…",
};

/** Planted and found side by side; only where the institution is made up. */
export default function TruthPage() {
  const { t } = useTranslation();
  const truth = useTruth();
  return (
    <main className="content" id="content">
      <h1 className="question">{t("truth.question")}</h1>
      <p className="answer" aria-live="polite">
        {truth.data ? <Answer truth={truth.data} /> : t("truth.working")}
      </p>
      <p className="measure-width soft">{t("truth.about")}</p>
      {truth.isError && <Failure error={truth.error} retry={() => void truth.refetch()} />}
      {truth.isLoading && <Loading lines={12} height={600} />}
      {truth.data && GROUPS.map((group) => <Group key={group} group={group} lines={truth.data.lines} />)}
    </main>
  );
}

function Answer({ truth }: { truth: Truth }) {
  const { t } = useTranslation();
  const { found, within, missed, outside, too_few, not_looked } = truth.counts;
  const right = found + within;
  const wrong = missed + outside;
  const numbers = { looked: right + wrong, right, wrong, later: not_looked };
  return (
    <>
      {t(wrong === 0 ? "truth.answerAll" : "truth.answerSome", numbers)}
      {too_few > 0 && ` ${t("truth.fewer", { count: too_few })}`}
    </>
  );
}

function Group({ group, lines }: { group: (typeof GROUPS)[number]; lines: TruthLine[] }) {
  const { t } = useTranslation();
  const columns = useColumns(group === "later");
  const rows = lines.filter((line) => line.group === group);
  if (rows.length === 0) return null;
  const title = t(`truth.group.${group}`);
  return (
    <section className="section" aria-labelledby={`truth-${group}`}>
      <header className="section-head">
        <h2 id={`truth-${group}`}>{title}</h2>
        <LinesExport group={group} title={title} rows={rows} />
      </header>
      <DataTable
        caption={t("truth.caption", { group: title })}
        columns={columns}
        rows={rows}
        rowKey={(line) => line.id}
      />
    </section>
  );
}

/** What is not looked for yet has nothing found, so only what was planted is shown. */
function useColumns(later: boolean): Column<TruthLine>[] {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const words = (text: TruthLine["found"]) => (text ? inLanguage(text, i18n.language) : t("truth.none"));
  const title = (key: string) => t(`truth.column.${key}` as "truth.column.name");
  const columns: Column<TruthLine>[] = [
    { key: "name", title: title("name"), width: "22%", cell: (line) => words(line.name) },
    { key: "planted", title: title("planted"), cell: (line) => words(line.planted) },
    { key: "found", title: title("found"), cell: (line) => words(line.found) },
    { key: "interval", title: title("interval"), number: true, wide: true, cell: (line) => interval(line, format) },
    {
      key: "n",
      title: title("n"),
      number: true,
      wide: true,
      cell: (line) => (line.n === null ? "" : format.whole(line.n)),
    },
    { key: "verdict", title: title("verdict"), cell: (line) => <Result verdict={line.verdict} /> },
  ];
  return later ? columns.filter((column) => ["name", "planted", "verdict"].includes(column.key)) : columns;
}

/** A mark and words; the colour only repeats what they say. */
function Result({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation();
  return (
    <span className={`truth-result truth-${verdict}`}>
      <span aria-hidden="true">{MARK[verdict]}</span> {t(`truth.verdict.${verdict}`)}
    </span>
  );
}

/** The interval of a share or of a change of waits, both as per cent; nothing where there is none. */
function interval(line: TruthLine, format: Format): string {
  if (line.low === null || line.high === null || line.unit === null) return "";
  if (line.unit === "factor")
    return `${format.signed(100 * (line.low - 1), 0)}% – ${format.signed(100 * (line.high - 1), 0)}%`;
  return `${format.share(line.low)} – ${format.share(line.high)}`;
}

function LinesExport({ group, title, rows }: { group: string; title: string; rows: TruthLine[] }) {
  const { t, i18n } = useTranslation();
  const numbers = ["planted_value", "value", "low", "high", "n"] as const;
  return (
    <ExportMenu
      name={`truth-${group}`}
      title={title}
      table={() => ({
        title,
        columns: [
          { key: "name", title: t("truth.column.name"), kind: "text" },
          { key: "planted", title: t("truth.column.planted"), kind: "text" },
          { key: "found", title: t("truth.column.found"), kind: "text" },
          ...numbers.map((key) => ({ key, title: key, kind: "number" as const })),
          { key: "verdict", title: t("truth.column.verdict"), kind: "text" },
        ],
        rows: rows.map((line) => [
          inLanguage(line.name, i18n.language),
          inLanguage(line.planted, i18n.language),
          line.found ? inLanguage(line.found, i18n.language) : "",
          ...numbers.map((key) => line[key]),
          t(`truth.verdict.${line.verdict}`),
        ]),
      })}
    />
  );
}
