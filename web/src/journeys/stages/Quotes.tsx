import { useTranslation } from "react-i18next";
import { Figure } from "../../shared/Figure";
import { useFormat } from "../../shared/format";
import { useNames } from "../../shared/names";
import { type Choice, type Quote, type StageReport, useQuotes } from "../api";
import { settled } from "../parts";
import { useStageName } from "./words";

/** What customers said in each stage; whoever may not read it is told that there is something. */
export function Quotes({ choice, report }: { choice: Choice; report: StageReport }) {
  const { t } = useTranslation();
  const stageName = useStageName();
  const quotes = useQuotes(choice);
  return (
    <Figure id="quotes" title={t("journeyMap.quotesFinding")} subtitle={t("journeyMap.quotesMeasure")}>
      {settled(quotes, 160, (all) => {
        const said = all.filter((quote) => quote.text !== null);
        if (all.length === 0) return <p className="soft">{t("journeyMap.quotesNone")}</p>;
        if (said.length === 0) return <p className="soft">{t("journeyMap.quotesMasked", { count: all.length })}</p>;
        return (
          <div className="quotes">
            {report.stages
              .map((stage) => ({ stage, own: said.filter((quote) => quote.stage === stage.stage) }))
              .filter(({ own }) => own.length > 0)
              .map(({ stage, own }) => (
                <section key={stage.stage}>
                  <h4>{stageName(stage)}</h4>
                  {own.map((quote) => (
                    <Said key={quote.position} quote={quote} />
                  ))}
                </section>
              ))}
          </div>
        );
      })}
    </Figure>
  );
}

function Said({ quote }: { quote: Quote }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const where = quote.channel === null ? [] : [name("member", quote.channel)];
  const kind = quote.kind === "complaint" ? t("journeyMap.quoteOf.complaint") : t("journeyMap.quoteOf.survey");
  const about = [kind, ...where, format.day(new Date(quote.time))];
  return (
    <blockquote>
      <p>{quote.text}</p>
      <footer className="soft">{about.join(" · ")}</footer>
    </blockquote>
  );
}
