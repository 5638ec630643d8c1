import { Button } from "antd";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { type Cell, downloadCsv } from "./csv";

/** What is taken away as CSV: the file's name without its ending, the columns and every row. */
export interface Sheet {
  name: string;
  header: string[];
  rows: Cell[][];
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
  children: ReactNode;
  id?: string;
}

/** The frame every chart and table stands in: finding, measure, evidence, definition, exports. */
export function Figure({ title, subtitle, definition, sheet, onPicture, children, id }: Props) {
  const { t } = useTranslation();
  const heading = useId();
  return (
    <section className="figure" aria-labelledby={heading} id={id}>
      <header className="figure-head">
        <div>
          <h3 id={heading}>{title}</h3>
          <p className="soft">{subtitle}</p>
        </div>
        <div className="figure-tools">
          {sheet && (
            <Button
              size="small"
              type="text"
              onClick={() => {
                const { name, header, rows } = sheet();
                downloadCsv(name, header, rows);
              }}
            >
              {t("shared.csv")}
            </Button>
          )}
          {onPicture && (
            <Button size="small" type="text" onClick={onPicture}>
              {t("shared.png")}
            </Button>
          )}
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
