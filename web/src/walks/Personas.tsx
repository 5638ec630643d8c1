import { useTranslation } from "react-i18next";
import { DifferenceBar } from "../journeys/pages/DifferenceBar";
import { type Column, DataTable } from "../shared/DataTable";
import { Figure } from "../shared/Figure";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import type { PersonaFigures } from "./api";

/** How the same journey feels to different persons, over all finished walks; few, so the intervals speak. */
export function Personas({ rows, journey }: { rows: PersonaFigures[]; journey: string }) {
  const { t } = useTranslation();
  const name = useNames();
  const columns = useColumns();
  const finding = useFinding(rows);
  if (rows.length === 0) return null;
  return (
    <Figure
      id="personas"
      title={finding}
      subtitle={`${t("walks.personasMeasure")} · ${name("journey", journey)}`}
      definition={t("walks.personasDefinition")}
      sheet={() => ({
        name: "personas",
        header: [
          "persona",
          "n",
          "feeling",
          "feeling_low",
          "feeling_high",
          "seconds",
          "seconds_low",
          "seconds_high",
          "feeling_difference",
          "feeling_difference_low",
          "feeling_difference_high",
        ],
        rows: rows.map((row) => [
          row.persona,
          row.n,
          row.feeling,
          row.feeling_low,
          row.feeling_high,
          row.seconds,
          row.seconds_low,
          row.seconds_high,
          row.feeling_difference,
          row.feeling_difference_low,
          row.feeling_difference_high,
        ]),
      })}
    >
      <DataTable caption={t("walks.personaTitle")} columns={columns} rows={rows} rowKey={(row) => row.persona} />
    </Figure>
  );
}

function useFinding(rows: PersonaFigures[]): string {
  const { t } = useTranslation();
  const format = useFormat();
  const sure = rows.find(
    ({ feeling_difference_low: low, feeling_difference_high: high }) =>
      low !== null && high !== null && (low > 0 || high < 0),
  );
  if (!sure || sure.feeling_difference === null) return t("walks.personasFinding.none");
  const values = {
    persona: t(`walks.persona.${sure.persona}`),
    points: format.decimal(Math.abs(sure.feeling_difference)),
  };
  return t(sure.feeling_difference < 0 ? "walks.personasFinding.worse" : "walks.personasFinding.better", values);
}

function useColumns(): Column<PersonaFigures>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    { key: "persona", title: t("walks.personaTitle"), cell: (row) => t(`walks.persona.${row.persona}`) },
    { key: "n", title: t("walks.count"), number: true, cell: (row) => format.whole(row.n) },
    { key: "feeling", title: t("walks.meanFeeling"), width: "26%", cell: (row) => <Scale row={row} /> },
    {
      key: "difference",
      title: t("walks.difference"),
      width: "26%",
      wide: true,
      cell: (row) => (
        <DifferenceBar
          value={row.feeling_difference}
          low={row.feeling_difference_low}
          high={row.feeling_difference_high}
          widest={4}
          text={(value) => format.signed(value)}
        />
      ),
    },
    { key: "time", title: t("walks.meanTime"), number: true, wide: true, cell: (row) => format.duration(row.seconds) },
  ];
}

/** A mean on the scale from 1 to 5 with its interval. */
function Scale({ row }: { row: PersonaFigures }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { feeling, feeling_low: low, feeling_high: high } = row;
  const at = (value: number) => `${(100 * (value - 1)) / 4}%`;
  return (
    <span className="difference">
      <span className="difference-axis" aria-hidden="true">
        {low !== null && high !== null && (
          <span className="difference-band" style={{ left: at(low), width: `calc(${at(high)} - ${at(low)})` }} />
        )}
        <span className="difference-dot" style={{ left: at(feeling) }} />
      </span>
      <span className="difference-figure">
        {low !== null && high !== null
          ? t("journeys.range", {
              value: format.decimal(feeling),
              low: format.decimal(low),
              high: format.decimal(high),
            })
          : format.decimal(feeling)}
      </span>
    </span>
  );
}
