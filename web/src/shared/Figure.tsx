import { type ReactNode, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ExportMenu } from "./exporting/ExportMenu";
import { type Cell, type ExportTable, type Kind, keyOf } from "./exporting/exporting";

/** What is taken away as a file: its name in ASCII without an ending, the columns and every row. */
export interface Sheet {
  name: string;
  header: string[];
  rows: Cell[][];
  /** What the columns hold; guessed from the rows where it is not given. */
  kinds?: (Kind | undefined)[];
}

/** A sheet as the export takes it. */
export function tableOf({ name, header, rows, kinds }: Sheet, title: ReactNode): ExportTable {
  return {
    name,
    title: typeof title === "string" ? title : name,
    columns: header.map((one, at) => ({ key: keyOf(one, at), title: one, kind: kinds?.[at] })),
    rows,
  };
}

interface Props {
  /** The finding, as a sentence. */
  title: ReactNode;
  /** Measure, unit, period and n. */
  subtitle: ReactNode;
  /** How the figure is counted; shown under "How is this counted?". */
  definition?: ReactNode;
  sheet?: () => Sheet;
  onPicture?: () => void;
  /** The stable name of what is taken out; the id of the figure where it is not given. */
  exportName?: string;
  /** Further tools beside the export. */
  tools?: ReactNode;
  children: ReactNode;
  id?: string;
}

/** The frame every chart and table stands in: finding, measure, evidence, definition, exports. */
export function Figure({ title, subtitle, definition, sheet, onPicture, exportName, tools, children, id }: Props) {
  const { t } = useTranslation();
  const heading = useId();
  const shown = useRef<HTMLElement>(null);
  const name = exportName ?? id ?? "figure";
  // Every figure can be taken out as it stands; one that draws on a canvas of its own brings its own way.
  const picture = async () => {
    const { savePart } = await import("./exporting/picture");
    if (shown.current) await savePart(shown.current, name);
  };
  const words = typeof title === "string" ? title : undefined;
  return (
    <section className="figure" aria-labelledby={heading} id={id} ref={shown}>
      <header className="figure-head">
        <div>
          <h3 id={heading}>{title}</h3>
          <p className="soft">{subtitle}</p>
        </div>
        <div className="figure-tools">
          {(sheet || onPicture) && (
            <ExportMenu
              name={name}
              title={words}
              table={sheet && (() => tableOf(sheet(), title))}
              chart={onPicture ?? picture}
            />
          )}
          {tools}
        </div>
      </header>
      {children}
      {definition && (
        <details className="definition">
          <summary>{t("shared.howCounted")}</summary>
          <div>{definition}</div>
        </details>
      )}
    </section>
  );
}
