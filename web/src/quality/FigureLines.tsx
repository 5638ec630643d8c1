import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";
import { valueText } from "./figures";
import { Interval } from "./Interval";
import { type Moment, Sparkline } from "./Sparkline";
import { Standing } from "./Standing";
import { type Definition, type Figure, inLanguage, type QualityFigures } from "./types";

interface Props {
  figures: Figure[];
  targets: QualityFigures["targets"];
  momentsOf: (figure: Figure) => Moment[];
  definitions: Definition[];
  onDefinition: (id: string) => void;
  onContacts: (figure: Figure) => void;
  onTrend: (figure: Figure) => void;
}

/** The quality figures as calm lines: name, value, how sure, target, n, course, definition, contacts. */
export function FigureLines({ figures, targets, momentsOf, definitions, ...on }: Props) {
  const { t } = useTranslation();
  const byId = new Map(definitions.map((definition) => [definition.id, definition]));
  return (
    <table className="lines">
      <caption className="unseen">{t("quality.caption")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("quality.figure")}</th>
          <th scope="col" className="number">
            {t("quality.value")}
          </th>
          <th scope="col">{t("quality.howSure")}</th>
          <th scope="col">{t("quality.standing")}</th>
          <th scope="col" className="number">
            {t("quality.n")}
          </th>
          <th scope="col">{t("quality.course")}</th>
          <th scope="col">{t("quality.evidence")}</th>
        </tr>
      </thead>
      <tbody>
        {figures.map((figure) => (
          <Line
            key={figure.id}
            figure={figure}
            definition={byId.get(figure.definition) ?? byId.get(figure.id)}
            standing={targets[figure.id]}
            moments={momentsOf(figure)}
            {...on}
          />
        ))}
      </tbody>
    </table>
  );
}

interface LineProps {
  figure: Figure;
  definition: Definition | undefined;
  standing: QualityFigures["targets"][string] | undefined;
  moments: Moment[];
  onDefinition: (id: string) => void;
  onContacts: (figure: Figure) => void;
  onTrend: (figure: Figure) => void;
}

function Line({ figure, definition, standing, moments, onDefinition, onContacts, onTrend }: LineProps) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const name = definition ? inLanguage(definition.name, i18n.language) : figure.id;
  return (
    <tr data-figure={figure.id}>
      <th scope="row">{name}</th>
      <td className="number figure-value">
        {figure.value === null ? (
          <span className="soft">–</span>
        ) : (
          <data value={figure.value}>{valueText(figure.value, figure.unit, format)}</data>
        )}
      </td>
      <td className="how-sure">
        {figure.value === null ? (
          <span className="soft">{t("quality.missing")}</span>
        ) : (
          <>
            <Interval figure={figure} target={standing?.target} />
            {!figure.rankable && <span className="soft block">{t("quality.few")}</span>}
          </>
        )}
      </td>
      <td className="stands" data-label={t("quality.standing")}>
        <Standing figure={figure} standing={standing} />
      </td>
      <td className="number count" data-label={t("quality.n")}>
        {format.whole(figure.n)}
      </td>
      <td className="course">
        <button type="button" className="plain" onClick={() => onTrend(figure)}>
          <span className="unseen">{t("quality.openTrend", { name })}</span>
          <Sparkline moments={moments} />
        </button>
      </td>
      <td className="evidence">
        <Button
          type="link"
          size="small"
          aria-label={t("quality.contactsOf", { name })}
          disabled={figure.n === 0}
          onClick={() => onContacts(figure)}
        >
          {t("quality.contacts")}
        </Button>
        <Button
          type="link"
          size="small"
          aria-label={t("quality.definitionOf", { name })}
          onClick={() => onDefinition(definition?.id ?? figure.definition)}
        >
          {t("shared.howCounted")}
        </Button>
      </td>
    </tr>
  );
}
