import { useTranslation } from "react-i18next";
import { inLanguage } from "../access/session";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";

interface Trail {
  previous?: unknown[];
  inputs?: { name: string }[];
  rule?: { name: string; version: string };
  reasons?: { code: string; zh?: string; en?: string }[];
}

const listOf = <Item,>(given: Item[] | undefined): Item[] => (Array.isArray(given) ? given : []);

/** How a decision came about, where its record says so: by which rule, from what, for which reasons. */
export function TrailTold({ trail }: { trail: unknown }) {
  const { t, i18n } = useTranslation();
  const name = useNames();
  const { list } = useFormat();
  if (!trail || typeof trail !== "object") return null;
  const { rule, reasons, inputs, previous } = trail as Trail;
  return (
    <dl className="pairs verify-record">
      {rule && (
        <div>
          <dt>{t("verify.trail.rule")}</dt>
          <dd>{t("verify.trail.ruleIs", { name: rule.name, version: rule.version })}</dd>
        </div>
      )}
      {listOf(reasons).length > 0 && (
        <div>
          <dt>{t("verify.trail.reasons")}</dt>
          <dd>
            <ul>
              {listOf(reasons).map((one) => (
                <li key={one.code}>{inLanguage({ zh: one.zh ?? one.code, en: one.en ?? one.code }, i18n.language)}</li>
              ))}
            </ul>
          </dd>
        </div>
      )}
      {listOf(inputs).length > 0 && (
        <div>
          <dt>{t("verify.trail.inputs")}</dt>
          <dd>{list(listOf(inputs).map((one) => name("input", one.name)))}</dd>
        </div>
      )}
      {listOf(previous).length > 0 && (
        <div>
          <dt>{t("verify.trail.previous")}</dt>
          <dd>{t("verify.trail.previousAre", { count: listOf(previous).length })}</dd>
        </div>
      )}
    </dl>
  );
}
