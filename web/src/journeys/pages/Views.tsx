import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../../shared/DataTable";
import { Figure } from "../../shared/Figure";
import { useFormat } from "../../shared/format";
import { useNames } from "../../shared/names";
import { type Bottleneck, type Choice, type Loop, useBottlenecks, useLoops, useMap, useRework, useSlow } from "../api";
import { Bottlenecks } from "../Bottlenecks";
import { CasesPanel } from "../Cases";
import { MapPanel } from "../MapPanel";
import { type Measure, measures } from "../map/graph";
import { settled, shareOf } from "../parts";
import { SlowTable } from "../Slow";
import { ReworkTable } from "../Variants";
import type { useJourneyPlace } from "./place";

export type ViewProps = Omit<ReturnType<typeof useJourneyPlace>, "choice"> & { choice: Choice };

const NOTHING: ReadonlySet<string> = new Set();

/** The directly-follows map with its table. */
export function MapView({ choice, title, note, params, change }: ViewProps) {
  const map = useMap(choice);
  const [hovered, setHovered] = useState<string | null>(null);
  const asked = params.get("measure") as Measure | null;
  const measure = asked && measures.includes(asked) ? asked : "total";
  return settled(map, 560, (picture) => (
    <MapPanel
      picture={picture}
      title={title}
      note={note}
      hovered={hovered}
      onHover={setHovered}
      measure={measure}
      steps={shareOf(params.get("steps"))}
      paths={shareOf(params.get("paths"))}
      change={change}
    />
  ));
}

export function BottlenecksView({ choice, note }: ViewProps) {
  const bottlenecks = useBottlenecks(choice);
  const [behind, setBehind] = useState<Bottleneck | null>(null);
  return (
    <>
      {settled(bottlenecks, 360, (rows) => (
        <Bottlenecks rows={rows} note={note} marked={NOTHING} onHover={() => undefined} onCases={setBehind} />
      ))}
      <CasesPanel choice={choice} edge={behind} close={() => setBehind(null)} />
    </>
  );
}

/** What is done twice: repeated steps, and the ways there and back. */
export function ReworkView({ choice, note }: ViewProps) {
  const rework = useRework(choice);
  const loops = useLoops(choice);
  return (
    <div className="side-by-side">
      {settled(rework, 320, (rows) => (
        <ReworkTable rows={rows} note={note} />
      ))}
      {settled(loops, 320, (rows) => (
        <Loops rows={rows} note={note} />
      ))}
    </div>
  );
}

export function SlowView({ choice, note }: ViewProps) {
  const slow = useSlow(choice);
  return settled(slow, 320, (report) => <SlowTable report={report} note={note} />);
}

const LOOPS_SHOWN = 12;

function Loops({ rows, note }: { rows: Loop[]; note: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const most = rows[0];
  const way = (row: Loop) =>
    row.activity === row.via
      ? `${name("step", row.activity)} ↻`
      : `${name("step", row.activity)} → ${name("step", row.via)} → ${name("step", row.activity)}`;
  const columns: Column<Loop>[] = [
    { key: "way", title: t("journeyPages.loop"), cell: way },
    { key: "count", title: t("journeys.times"), number: true, cell: (row) => format.whole(row.count) },
    { key: "cases", title: t("journeys.cases"), number: true, cell: (row) => format.whole(row.cases) },
  ];
  return (
    <Figure
      id="loops"
      title={
        most
          ? t("journeyPages.loopsFinding", { way: way(most), times: format.whole(most.count) })
          : t("journeyPages.loopsNone")
      }
      subtitle={`${t("journeyPages.loopsMeasure")} · ${note}`}
      definition={t("journeyPages.loopsDefinition")}
      sheet={() => ({
        name: "loops",
        header: ["activity", "via", "count", "cases"],
        rows: rows.map((row) => [row.activity, row.via, row.count, row.cases]),
      })}
    >
      <DataTable
        caption={t("journeyPages.loop")}
        columns={columns}
        rows={rows.slice(0, LOOPS_SHOWN)}
        rowKey={(row) => `${row.activity}\u0000${row.via}`}
      />
    </Figure>
  );
}
