import type { TFunction } from "i18next";
import type { Format } from "../../shared/format";
import type { Drawing } from "./layout";

/** Details of a step or path as elements, never as markup: names come from files and are not to be trusted. */
export function tipOf(
  item: { seriesId?: string; dataIndex: number },
  drawing: Drawing,
  format: Format,
  t: TFunction,
): HTMLElement {
  const root = document.createElement("div");
  const head = document.createElement("strong");
  root.append(head);
  const row = (name: string, value: string) => {
    const line = document.createElement("div");
    line.className = "tip-row";
    const left = document.createElement("span");
    left.textContent = name;
    const right = document.createElement("span");
    right.textContent = value;
    line.append(left, right);
    root.append(line);
  };
  if (item.seriesId === "steps") {
    const step = drawing.steps[item.dataIndex]?.step;
    if (!step) return root;
    head.textContent = step.title;
    row(t("journeys.times"), format.whole(step.count));
    row(t("journeys.cases"), format.whole(step.cases));
    if (step.starts) row(t("journeys.startsHere"), format.whole(step.starts));
    if (step.ends) row(t("journeys.endsHere"), format.whole(step.ends));
    return root;
  }
  const path = drawing.paths[item.dataIndex]?.path;
  if (!path) return root;
  head.textContent = `${path.fromTitle} → ${path.toTitle}`;
  row(t("journeys.times"), format.whole(path.count));
  row(t("journeys.cases"), format.whole(path.cases));
  row(t("journeys.waitTotal"), format.duration(path.wait.total));
  row(t("journeys.p50"), format.duration(path.wait.p50));
  row(t("journeys.p95"), format.duration(path.wait.p95));
  row(t("journeys.longest"), format.duration(path.wait.max));
  return root;
}
