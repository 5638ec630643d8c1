import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Figure, type Sheet } from "../shared/Figure";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import { Loading } from "../shared/states";
import type { JourneyPicture } from "./api";
import { MapControls } from "./MapControls";
import { choose, type Graph, type Measure, pathKey, weightOf } from "./map/graph";
import type { MapHandle } from "./map/JourneyMap";
import { PathTable } from "./PathTable";
import { placeOf, titled, weightText } from "./words";

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
  const [sought, setSought] = useState("");

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
          ? t(`journeys.mapFinding.${measure}`, {
              place: placeOf(t, name, heaviest),
              value: weightText(format, heaviest, measure),
            })
          : t("journeys.map.title")
      }
      subtitle={`${t("journeys.mapMeasure", { measure: t(`journeys.measure.${measure}`) })} · ${note}`}
      definition={t("journeys.mapDefinition")}
      sheet={() => sheetOf(picture.graph)}
      onPicture={() => map.current?.savePicture(`journey-${title}`)}
    >
      <MapControls
        graph={picture.graph}
        shown={shown}
        measure={measure}
        steps={stepShare}
        paths={pathShare}
        sought={sought}
        onSeek={setSought}
        change={change}
      />
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
        <PathTable paths={listed} measure={measure} marked={marked} onHover={onHover} />
      </div>
      <p className="soft legend">{t("journeys.map.legend")}</p>
    </Figure>
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

function sheetOf(graph: Graph): Sheet {
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
