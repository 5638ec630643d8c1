import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../shared/DataTable";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import { type Measure, type Path, pathKey } from "./map/graph";
import { pathName, weightText } from "./words";

interface Props {
  paths: Path[];
  measure: Measure;
  marked: ReadonlySet<string>;
  onHover: (key: string | null) => void;
}

/** The paths of the map as a table: the measure shown, and how many stand behind it. */
export function PathTable({ paths, measure, marked, onHover }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const columns: Column<Path>[] = [
    { key: "path", title: t("journeys.path"), cell: (row) => pathName(name, row) },
    {
      key: "value",
      title: t(`journeys.measure.${measure}`),
      number: true,
      cell: (row) => <span className="strong">{weightText(format, row, measure)}</span>,
    },
    measure === "count"
      ? { key: "cases", title: t("journeys.cases"), number: true, cell: (row) => format.whole(row.cases) }
      : { key: "count", title: t("journeys.times"), number: true, cell: (row) => format.whole(row.count) },
  ];
  return (
    <DataTable
      caption={t("journeys.paths")}
      columns={columns}
      rows={paths}
      rowKey={pathKey}
      marked={(row) => marked.has(pathKey(row))}
      onHover={(row) => onHover(row && pathKey(row))}
    />
  );
}
