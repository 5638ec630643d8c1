import { Button } from "antd";
import { useCallback, useEffect, useImperativeHandle, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAppearance } from "../../app/theme/Theme";
import type { ECharts } from "../../shared/charts/echarts";
import { download } from "../../shared/csv";
import { useFormat } from "../../shared/format";
import { useCanvas } from "./canvas";
import { type Graph, type Measure, weightOf } from "./graph";
import { type Drawing, type PlacedPath, type Point, place } from "./layout";
import { movedByKeys, usePick, usePointer } from "./moves";
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
  const { palette } = useAppearance();
  const { box, chart, size } = useCanvas();
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

  usePainting(chart, drawing, { view, measure, marked, cases });
  usePointer(chart, setView, size.width > 0);
  usePick(chart, drawing, onPick);

  const zoom = useCallback(
    (factor: number) => setView((now) => zoomed(now, factor, size.width / 2, size.height / 2)),
    [size],
  );
  const press = movedByKeys(setView, zoom, whole);

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
      <MapTools zoom={zoom} fit={() => drawing && setView(fitted(drawing, size.width, size.height))} />
    </div>
  );
}

/** Paint the drawing as it is now looked at, with a tip under the pointer. */
function usePainting(
  chart: React.RefObject<ECharts | null>,
  drawing: Drawing | null,
  { view, measure, marked, cases }: Pick<Props, "measure" | "marked" | "cases"> & { view: View },
): void {
  const { t } = useTranslation();
  const format = useFormat();
  const { palette } = useAppearance();
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
  }, [chart, drawing, view, measure, palette, format, marked, cases, t]);
}

/** The same moves as with wheel and keys, for a pointer alone. */
function MapTools({ zoom, fit }: { zoom: (factor: number) => void; fit: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="map-tools" role="toolbar" aria-label={t("journeys.map.tools")}>
      <Button size="small" aria-label={t("journeys.map.zoomIn")} onClick={() => zoom(1.25)}>
        +
      </Button>
      <Button size="small" aria-label={t("journeys.map.zoomOut")} onClick={() => zoom(0.8)}>
        −
      </Button>
      <Button size="small" onClick={fit}>
        {t("journeys.map.fit")}
      </Button>
    </div>
  );
}
