import { Button } from "antd";
import { type KeyboardEvent, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAppearance } from "../../app/theme/Theme";
import { type ECharts, init } from "../../shared/charts/echarts";
import { download } from "../../shared/csv";
import { useFormat } from "../../shared/format";
import { type Graph, type Measure, pathKey, weightOf } from "./graph";
import { type Drawing, type PlacedPath, type Point, place } from "./layout";
import { fitted, seriesOf, type View, zoomed } from "./paint";
import { tipOf } from "./tip";

export interface MapHandle {
  savePicture: (name: string) => void;
}

interface Props {
  graph: Graph;
  measure: Measure;
  cases: number;
  marked: ReadonlySet<string>;
  label: string;
  onPick?: (key: string | null) => void;
  ref?: React.Ref<MapHandle>;
}

/** Draw along the direction in which more of the journey can be read at once. */
function bestDrawing(graph: Graph, width: number, height: number): Drawing {
  const down = place(graph, "down");
  const right = place(graph, "right");
  return fitted(right, width, height).scale > fitted(down, width, height).scale * 1.05 ? right : down;
}

function heaviestOf(drawing: Drawing, measure: Measure): Point | undefined {
  let best: PlacedPath | undefined;
  for (const placed of drawing.paths) {
    if (!best || weightOf(placed.path, measure) > weightOf(best.path, measure)) best = placed;
  }
  return best?.label;
}

/** Below this scale the names of steps cannot be read; the map then opens at its heaviest path. */
const SMALLEST = 0.8;

export default function JourneyMap({ graph, measure, cases, marked, label, onPick, ref }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { palette } = useAppearance();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const made = init(element, null, { renderer: "canvas" });
    chart.current = made;
    const observer = new ResizeObserver(() => {
      made.resize();
      setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  const drawing = useMemo(
    () => (size.width ? bestDrawing(graph, size.width, size.height) : null),
    [graph, size.width, size.height],
  );
  const whole = useMemo(
    () =>
      drawing
        ? fitted(drawing, size.width, size.height, SMALLEST, heaviestOf(drawing, measure))
        : { scale: 1, x: 0, y: 0 },
    [drawing, size.width, size.height, measure],
  );
  const [view, setView] = useState<View>(whole);
  useEffect(() => setView(whole), [whole]);

  useEffect(() => {
    if (!chart.current || !drawing) return;
    chart.current.setOption(
      {
        animation: false,
        tooltip: {
          trigger: "item",
          confine: true,
          transitionDuration: 0,
          backgroundColor: palette.raised,
          borderColor: palette.lineStrong,
          textStyle: { color: palette.text, fontSize: 13 },
          extraCssText: "box-shadow:none;max-width:320px;white-space:normal;",
          formatter: (item: { seriesId?: string; dataIndex: number }) => tipOf(item, drawing, format, t),
        },
        series: seriesOf({ drawing, view, measure, palette, format, marked, cases }),
      },
      { replaceMerge: ["series"] },
    );
  }, [drawing, view, measure, palette, format, marked, cases, t]);

  usePointer(chart, setView, size.width > 0);
  usePick(chart, drawing, onPick);

  const zoom = useCallback(
    (factor: number) => setView((now) => zoomed(now, factor, size.width / 2, size.height / 2)),
    [size],
  );
  const press = (event: KeyboardEvent) => {
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [60, 0],
      ArrowRight: [-60, 0],
      ArrowUp: [0, 60],
      ArrowDown: [0, -60],
    };
    const move = moves[event.key];
    if (move) setView((now) => ({ ...now, x: now.x + move[0], y: now.y + move[1] }));
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") setView(whole);
    else return;
    event.preventDefault();
  };

  useImperativeHandle(ref, () => ({
    savePicture: (name) => {
      const canvas = chart.current?.renderToCanvas({ pixelRatio: 2, backgroundColor: palette.ground });
      canvas?.toBlob((picture) => picture && download(`${name}.png`, picture), "image/png");
    },
  }));

  return (
    <div className="map">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the picture is moved and zoomed with the keyboard. */}
      <div ref={box} className="map-canvas" role="img" aria-label={label} tabIndex={0} onKeyDown={press} />
      <div className="map-tools" role="toolbar" aria-label={t("journeys.map.tools")}>
        <Button size="small" aria-label={t("journeys.map.zoomIn")} onClick={() => zoom(1.25)}>
          +
        </Button>
        <Button size="small" aria-label={t("journeys.map.zoomOut")} onClick={() => zoom(0.8)}>
          −
        </Button>
        <Button size="small" onClick={() => drawing && setView(fitted(drawing, size.width, size.height))}>
          {t("journeys.map.fit")}
        </Button>
      </div>
    </div>
  );
}

/** Drag to move, Ctrl or ⌘ with the wheel (or a pinch) to zoom; the bare wheel scrolls the page as everywhere. */
function usePointer(
  chart: React.RefObject<ECharts | null>,
  setView: React.Dispatch<React.SetStateAction<View>>,
  ready: boolean,
): void {
  useEffect(() => {
    const zr = chart.current?.getZr();
    const element = chart.current?.getDom();
    if (!ready || !zr || !element) return;
    let last: { x: number; y: number } | null = null;
    const down = (event: { offsetX: number; offsetY: number }) => {
      last = { x: event.offsetX, y: event.offsetY };
    };
    const move = (event: { offsetX: number; offsetY: number }) => {
      if (!last) return;
      const [dx, dy] = [event.offsetX - last.x, event.offsetY - last.y];
      last = { x: event.offsetX, y: event.offsetY };
      setView((now) => ({ ...now, x: now.x + dx, y: now.y + dy }));
    };
    const up = () => {
      last = null;
    };
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const bounds = element.getBoundingClientRect();
      const factor = Math.exp(-event.deltaY / 300);
      setView((now) => zoomed(now, factor, event.clientX - bounds.left, event.clientY - bounds.top));
    };
    zr.on("mousedown", down);
    zr.on("mousemove", move);
    zr.on("mouseup", up);
    zr.on("globalout", up);
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      zr.off("mousedown", down);
      zr.off("mousemove", move);
      zr.off("mouseup", up);
      zr.off("globalout", up);
      element.removeEventListener("wheel", wheel);
    };
  }, [chart, setView, ready]);
}

function usePick(
  chart: React.RefObject<ECharts | null>,
  drawing: Drawing | null,
  onPick: ((key: string | null) => void) | undefined,
): void {
  useEffect(() => {
    const now = chart.current;
    if (!now || !drawing || !onPick) return;
    const pick = (item: { seriesId?: string; dataIndex: number }) => {
      const path = item.seriesId === "paths" ? drawing.paths[item.dataIndex]?.path : undefined;
      onPick(path ? pathKey(path) : (drawing.steps[item.dataIndex]?.step.name ?? null));
    };
    now.on("click", pick as never);
    return () => {
      now.off("click", pick as never);
    };
  }, [chart, drawing, onPick]);
}
