import { type KeyboardEvent, useEffect } from "react";
import type { ECharts } from "../../shared/charts/echarts";
import { pathKey } from "./graph";
import type { Drawing } from "./layout";
import { type View, zoomed } from "./paint";

type SetView = React.Dispatch<React.SetStateAction<View>>;

/** How far an arrow key moves the picture, in pixels. */
const MOVES: Record<string, [number, number]> = {
  ArrowLeft: [60, 0],
  ArrowRight: [-60, 0],
  ArrowUp: [0, 60],
  ArrowDown: [0, -60],
};

/** Arrows move the picture, + and − zoom it, 0 shows it as it opened. */
export function movedByKeys(setView: SetView, zoom: (factor: number) => void, whole: View) {
  return (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    if (move) setView((now) => ({ ...now, x: now.x + move[0], y: now.y + move[1] }));
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") setView(whole);
    else return;
    event.preventDefault();
  };
}

/** Drag to move, Ctrl or ⌘ with the wheel (or a pinch) to zoom; the bare wheel scrolls the page as everywhere. */
export function usePointer(chart: React.RefObject<ECharts | null>, setView: SetView, ready: boolean): void {
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

/** A click on a path names the path, on a step the step, and beside both nothing. */
export function usePick(
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
