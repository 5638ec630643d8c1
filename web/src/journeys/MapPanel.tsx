import { Input, type InputRef, Segmented, Slider } from "antd";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../shared/DataTable";
import { Figure } from "../shared/Figure";
import { useFormat } from "../shared/format";
import { useHotkey } from "../shared/keys";
import { useNames } from "../shared/names";
import { Loading } from "../shared/states";
import type { JourneyPicture } from "./api";
import { choose, type Graph, type Measure, measures, type Path, pathKey, weightOf } from "./map/graph";
import type { MapHandle } from "./map/JourneyMap";
import { pathName, placeOf, titled } from "./words";

const JourneyMap = lazy(() => import("./map/JourneyMap"));

interface Props {
  picture: JourneyPicture;
  title: string;
  note: string;
  hovered: string | null;
  onHover: (key: string | null) => void;
  measure: Measure;
  steps: number | null;
  paths: number | null;
  change: (changes: Record<string, string | null>) => void;
}

/** A journey of this many steps is shown whole; of a larger one, the most frequent steps come first. */
const STEPS_ALL = 18;
const STEPS_AT_FIRST = 12;

/** A first view with about a dozen steps and half as many paths again, however large the journey is. */
export function firstShares(graph: Graph): { steps: number; paths: number } {
  const steps = graph.steps.length <= STEPS_ALL ? 1 : STEPS_AT_FIRST / graph.steps.length;
  const shown = Math.ceil(steps * graph.steps.length);
  const inner = choose(graph, steps, 1, "count").paths.length;
  return { steps, paths: Math.min(1, (shown * 1.4) / Math.max(1, inner)) };
}

/** The journey map with its controls, and the same paths as a table beside it. */
export function MapPanel({ picture, title, note, hovered, onHover, measure, steps, paths, change }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const map = useRef<MapHandle>(null);
  const search = useRef<InputRef>(null);
  const [sought, setSought] = useState("");
  useHotkey("/", () => search.current?.focus({ cursor: "all" }));

  const graph = useMemo(() => titled(picture.graph, name), [picture.graph, name]);
  const first = useMemo(() => firstShares(graph), [graph]);
  const stepShare = steps ?? first.steps;
  const pathShare = paths ?? first.paths;
  const shown = useMemo(() => choose(graph, stepShare, pathShare, measure), [graph, stepShare, pathShare, measure]);
  const listed = useMemo(
    () => [...shown.paths].sort((a, b) => weightOf(b, measure) - weightOf(a, measure)),
    [shown, measure],
  );
  const marked = useMemo(() => markedBy(shown, sought, hovered), [shown, sought, hovered]);
  const heaviest = listed[0];

  return (
    <Figure
      id="map"
      title={
        heaviest
          ? t(`journeys.mapFinding.${measure}`, { place: placeOf(t, name, heaviest), value: textOf(heaviest) })
          : t("journeys.map.title")
      }
      subtitle={`${t("journeys.mapMeasure", { measure: t(`journeys.measure.${measure}`) })} · ${note}`}
      definition={t("journeys.mapDefinition")}
      sheet={() => sheetOf(picture.graph)}
      onPicture={() => map.current?.savePicture(`journey-${title}`)}
    >
      <div className="map-controls">
        <Segmented
          aria-label={t("journeys.map.show")}
          value={measure}
          options={measures.map((value) => ({ value, label: t(`journeys.measure.${value}`) }))}
          onChange={(value) => change({ measure: value === "total" ? null : value })}
        />
        <Input
          ref={search}
          className="map-search"
          type="search"
          allowClear
          aria-label={t("journeys.map.find")}
          placeholder={t("journeys.map.find")}
          suffix={<kbd>/</kbd>}
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
        <Share
          label={t("journeys.map.steps")}
          value={stepShare}
          count={t("journeys.map.of", { shown: shown.steps.length, all: picture.graph.steps.length })}
          choose={(value) => change({ steps: String(value) })}
        />
        <Share
          label={t("journeys.map.paths")}
          value={pathShare}
          count={t("journeys.map.of", { shown: shown.paths.length, all: picture.graph.paths.length })}
          choose={(value) => change({ paths: String(value) })}
        />
      </div>
      <div className="map-and-table">
        <Suspense fallback={<Loading lines={6} height={560} />}>
          <JourneyMap
            ref={map}
            graph={shown}
            measure={measure}
            cases={picture.cases}
            marked={marked}
            label={t("journeys.map.label", { journey: title, steps: shown.steps.length, paths: shown.paths.length })}
            onPick={onHover}
          />
        </Suspense>
        <DataTable
          caption={t("journeys.paths")}
          columns={columns()}
          rows={listed}
          rowKey={pathKey}
          marked={(row) => marked.has(pathKey(row))}
          onHover={(row) => onHover(row && pathKey(row))}
        />
      </div>
      <p className="soft legend">{t("journeys.map.legend")}</p>
    </Figure>
  );

  function textOf(path: Path): string {
    return measure === "count" ? format.whole(path.count) : format.duration(path.wait[measure]);
  }

  function columns(): Column<Path>[] {
    return [
      { key: "path", title: t("journeys.path"), cell: (row) => pathName(name, row) },
      {
        key: "value",
        title: t(`journeys.measure.${measure}`),
        number: true,
        cell: (row) => <span className="strong">{textOf(row)}</span>,
      },
      measure === "count"
        ? { key: "cases", title: t("journeys.cases"), number: true, cell: (row) => format.whole(row.cases) }
        : { key: "count", title: t("journeys.times"), number: true, cell: (row) => format.whole(row.count) },
    ];
  }
}

interface ShareProps {
  label: string;
  value: number;
  count: string;
  choose: (value: number) => void;
}

function Share({ label, value, count, choose }: ShareProps) {
  const [dragged, setDragged] = useState<number | null>(null);
  return (
    <div className="map-share">
      <span>
        {label} <span className="soft">{count}</span>
      </span>
      <Slider
        min={5}
        max={100}
        step={5}
        ariaLabelForHandle={label}
        ariaValueTextFormatterForHandle={() => count}
        tooltip={{ open: false }}
        value={dragged ?? Math.round(value * 100)}
        onChange={setDragged}
        onChangeComplete={(percent) => {
          setDragged(null);
          choose(percent / 100);
        }}
      />
    </div>
  );
}

/** What stands out: the path pointed at with its two steps, or every step whose name holds the words sought. */
function markedBy(graph: Graph, sought: string, hovered: string | null): ReadonlySet<string> {
  const marked = new Set<string>();
  if (hovered !== null) {
    const path = graph.paths.find((one) => pathKey(one) === hovered);
    if (path) return marked.add(hovered).add(path.from).add(path.to);
    if (!graph.steps.some((step) => step.name === hovered)) return marked;
    marked.add(hovered);
  } else if (sought.trim()) {
    const words = sought.trim().toLocaleLowerCase();
    for (const step of graph.steps) if (step.title.toLocaleLowerCase().includes(words)) marked.add(step.name);
  }
  if (!marked.size) return marked;
  const steps = new Set(marked);
  for (const path of graph.paths) {
    if (!steps.has(path.from) && !steps.has(path.to)) continue;
    marked.add(pathKey(path)).add(path.from).add(path.to);
  }
  return marked;
}

function sheetOf(graph: Graph) {
  return {
    name: "journey-paths",
    header: [
      "from",
      "to",
      "count",
      "cases",
      "wait_mean_seconds",
      "wait_p50_seconds",
      "wait_p95_seconds",
      "wait_max_seconds",
      "wait_total_seconds",
    ],
    rows: graph.paths.map(({ from, to, count, cases, wait }) => [
      from,
      to,
      count,
      cases,
      wait.mean,
      wait.p50,
      wait.p95,
      wait.max,
      wait.total,
    ]),
  };
}
