import type { ReactNode } from "react";

export interface Column<Row> {
  key: string;
  title: ReactNode;
  /** Numbers stand to the right, in tabular numerals. */
  number?: boolean;
  /** Hidden on narrow screens, where the row keeps only what matters. */
  wide?: boolean;
  width?: string;
  cell: (row: Row, index: number) => ReactNode;
}

interface Props<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  marked?: (row: Row) => boolean;
  onHover?: (row: Row | null) => void;
}

/** A plain table with lines instead of boxes; the first column names the row for assistive technology. */
export function DataTable<Row>({ caption, columns, rows, rowKey, marked, onHover }: Props<Row>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard (WCAG 2.1.1).
    // biome-ignore lint/a11y/useSemanticElements: the section around it is the landmark; a second of that name confuses.
    <div role="group" className="table-scroll" aria-label={caption} tabIndex={0}>
      <table className="table">
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={classOf(column)} style={{ width: column.width }}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr
              key={rowKey(row)}
              className={marked?.(row) ? "marked" : undefined}
              onMouseEnter={onHover && (() => onHover(row))}
              onMouseLeave={onHover && (() => onHover(null))}
            >
              {columns.map((column, at) =>
                at === 0 ? (
                  <th key={column.key} scope="row" className={classOf(column)}>
                    {column.cell(row, index)}
                  </th>
                ) : (
                  <td key={column.key} className={classOf(column)}>
                    {column.cell(row, index)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function classOf<Row>(column: Column<Row>): string | undefined {
  const names = [column.number && "number", column.wide && "wide-only"].filter(Boolean);
  return names.length ? names.join(" ") : undefined;
}
