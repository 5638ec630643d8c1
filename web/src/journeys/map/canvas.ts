import { useEffect, useRef, useState } from "react";
import { type ECharts, init } from "../../shared/charts/echarts";

/** A drawing surface that follows the size of its box; the size is zero until the box is measured. */
export function useCanvas() {
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
  return { box, chart, size };
}
