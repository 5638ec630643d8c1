import { Input, type InputRef, Segmented, Slider } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useHotkey } from "../shared/keys";
import { type Graph, type Measure, measures } from "./map/graph";

interface Props {
  graph: Graph;
  shown: Graph;
  measure: Measure;
  steps: number;
  paths: number;
  sought: string;
  onSeek: (words: string) => void;
  change: (changes: Record<string, string | null>) => void;
}

/** What the map shows: its measure, a step by name, and how much of the journey. */
export function MapControls({ graph, shown, measure, steps, paths, sought, onSeek, change }: Props) {
  const { t } = useTranslation();
  return (
    <div className="map-controls">
      <Segmented
        aria-label={t("journeys.map.show")}
        value={measure}
        options={measures.map((value) => ({ value, label: t(`journeys.measure.${value}`) }))}
        onChange={(value) => change({ measure: value === "total" ? null : value })}
      />
      <Search sought={sought} onSeek={onSeek} />
      <Share
        label={t("journeys.map.steps")}
        value={steps}
        count={t("journeys.map.of", { shown: shown.steps.length, all: graph.steps.length })}
        choose={(value) => change({ steps: String(value) })}
      />
      <Share
        label={t("journeys.map.paths")}
        value={paths}
        count={t("journeys.map.of", { shown: shown.paths.length, all: graph.paths.length })}
        choose={(value) => change({ paths: String(value) })}
      />
    </div>
  );
}

/** A step sought by its name; the key f leads here from anywhere on the page. */
function Search({ sought, onSeek }: Pick<Props, "sought" | "onSeek">) {
  const { t } = useTranslation();
  const field = useRef<InputRef>(null);
  useHotkey("f", () => field.current?.focus({ cursor: "all" }));
  return (
    <Input
      ref={field}
      className="map-search"
      type="search"
      allowClear
      aria-label={t("journeys.map.find")}
      placeholder={t("journeys.map.find")}
      suffix={<kbd>f</kbd>}
      value={sought}
      onChange={(event) => onSeek(event.target.value)}
    />
  );
}

interface ShareProps {
  label: string;
  value: number;
  count: string;
  choose: (value: number) => void;
}

/** How much is shown, most frequent first; the map is drawn again when the handle is let go. */
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
