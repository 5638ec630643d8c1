import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { DataTable } from "../shared/DataTable";
import { ExportMenu, type ExportTable } from "../shared/exporting/ExportMenu";
import { saveDrawing } from "../shared/exporting/picture";
import { useFormat } from "../shared/format";
import { Panel } from "./Drawers";
import { valueText } from "./figures";
import type { Moment } from "./Sparkline";
import { TrendChart } from "./TrendChart";
import { type Definition, type Figure, inLanguage, type Standing } from "./types";

interface Props {
  figure: Figure | null;
  definition: Definition | undefined;
  moments: Moment[];
  standing: Standing | undefined;
  close: () => void;
}

/** One figure over time: the finding as title, the chart, and the same numbers as a table. */
export function TrendPanel({ figure, definition, moments, standing, close }: Props) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const name = definition ? inLanguage(definition.name, i18n.language) : (figure?.id ?? "");
  const text = (value: number | null) => (value === null || !figure ? "–" : valueText(value, figure.unit, format));
  const rows = moments.filter((moment) => moment.figure !== undefined && moment.figure.n > 0);
  const n = rows.reduce((sum, moment) => sum + (moment.figure?.n ?? 0), 0);
  return (
    <Panel title={name} open={figure !== null} close={close}>
      {figure && (
        <>
          <h3 className="finding">{finding(t, moments, text)}</h3>
          <p className="soft">{t("quality.trendSubtitle", { n: format.whole(n) })}</p>
          <Drawn figure={figure} name={name} rows={rows}>
            <TrendChart moments={moments} unit={figure.unit} target={standing?.target} label={name} />
          </Drawn>
          <DataTable
            caption={t("quality.trendTable", { name })}
            rows={rows}
            rowKey={(row) => String(row.since_us)}
            columns={[
              { key: "since", title: t("quality.since"), cell: (row) => format.day(new Date(row.since_us / 1000)) },
              { key: "value", title: t("quality.value"), number: true, cell: (row) => text(row.figure?.value ?? null) },
              {
                key: "interval",
                title: t("quality.interval"),
                number: true,
                cell: (row) =>
                  row.figure?.low == null || row.figure.high == null
                    ? "–"
                    : `${text(row.figure.low)} – ${text(row.figure.high)}`,
              },
              { key: "n", title: t("quality.n"), number: true, cell: (row) => format.whole(row.figure?.n ?? 0) },
            ]}
          />
        </>
      )}
    </Panel>
  );
}

interface DrawnProps {
  figure: Figure;
  name: string;
  rows: Moment[];
  children: ReactNode;
}

/** The chart with its export: the picture, and the same numbers as a table. */
function Drawn({ figure, name, rows, children }: DrawnProps) {
  const box = useRef<HTMLDivElement>(null);
  const save = async () => {
    const drawn = box.current?.querySelector("svg");
    if (drawn) await saveDrawing(drawn, `trend-${figure.id}`);
  };
  return (
    <>
      <ExportMenu name={`trend-${figure.id}`} title={name} table={() => tableOf(name, rows)} chart={save} />
      <div ref={box}>{children}</div>
    </>
  );
}

function tableOf(title: string, rows: Moment[]): ExportTable {
  return {
    title,
    columns: [
      { key: "since", title: "since", kind: "moment" },
      ...(["value", "low", "high", "n"] as const).map((key) => ({ key, title: key, kind: "number" as const })),
    ],
    rows: rows.map(({ since_us, figure }) => [since_us, figure?.value, figure?.low, figure?.high, figure?.n]),
  };
}

type Translate = ReturnType<typeof useTranslation>["t"];

/** What the course says: it moved only if the first and the last interval do not touch. */
function finding(t: Translate, moments: Moment[], text: (value: number | null) => string): string {
  const known = moments.flatMap(({ figure }) => (figure?.rankable && figure.value !== null ? [figure] : []));
  const first = known[0];
  const last = known.at(-1);
  if (!first || !last || known.length < 2) return t("quality.noTrend");
  const values = { from: text(first.value), to: text(last.value) };
  const apart = (last.low ?? 0) > (first.high ?? 0) || (last.high ?? 0) < (first.low ?? 0);
  if (!apart) return t("quality.steady", values);
  return t((last.value ?? 0) > (first.value ?? 0) ? "quality.rose" : "quality.fell", values);
}
