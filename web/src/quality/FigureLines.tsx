import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "../shared/format";
import { valueText } from "./figures";
import { Interval } from "./Interval";
import { type Moment, Sparkline } from "./Sparkline";
import { type Definition, type Figure, type GroupedFigures, inLanguage } from "./types";

interface Props {
  figures: Figure[];
  trend: GroupedFigures | undefined;
  definitions: Definition[];
  onDefinition: (id: string) => void;
  onContacts: (figure: Figure) => void;
}

/** The quality figures as calm lines: name, value, how sure, n, course, definition, contacts. */
export function FigureLines({ figures, trend, definitions, onDefinition, onContacts }: Props) {
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
            moments={(trend?.groups ?? []).map((group) => ({
              since_us: group.since_us ?? 0,
              figure: group.figures[figure.id],
            }))}
            onDefinition={onDefinition}
            onContacts={onContacts}
          />
        ))}
      </tbody>
    </table>
  );
}

interface LineProps {
  figure: Figure;
  definition: Definition | undefined;
  moments: Moment[];
  onDefinition: (id: string) => void;
  onContacts: (figure: Figure) => void;
}

function Line({ figure, definition, moments, onDefinition, onContacts }: LineProps) {
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
            <Interval figure={figure} />
            {!figure.rankable && <span className="soft block">{t("quality.few")}</span>}
          </>
        )}
      </td>
      <td className="number count" data-label={t("quality.n")}>
        {format.whole(figure.n)}
      </td>
      <td className="course">
        <Sparkline moments={moments} />
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
