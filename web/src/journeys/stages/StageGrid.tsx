import { useTranslation } from "react-i18next";
import { Figure } from "../../shared/Figure";
import { useFormat } from "../../shared/format";
import { useNames } from "../../shared/names";
import type { StageCell, StageReport } from "../api";
import { FeelingLine } from "./FeelingLine";
import { longest, lowest, useStageName } from "./words";

const STEPS_SHOWN = 3;

/** Stages side by side: the feeling above, then the waits, then what happens on each channel. */
export function StageGrid({ report, note }: { report: StageReport; note: string }) {
  const { t } = useTranslation();
  const stageName = useStageName();
  const name = useNames();
  return (
    <Figure
      id="stages"
      title={useFinding(report)}
      subtitle={`${t("journeyMap.gridMeasure")} · ${note}`}
      definition={t("journeyMap.gridDefinition", { source: t(`journeyMap.source.${report.staged_by}`) })}
      sheet={() => sheetOf(report)}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard (WCAG 2.1.1). */}
      <section className="table-scroll" aria-label={t("app.page.journeyMap")} tabIndex={0}>
        <table className="table stage-grid" style={{ minWidth: `${120 + 168 * report.stages.length}px` }}>
          <caption className="unseen">{t("journeyMap.gridMeasure")}</caption>
          <thead>
            <tr>
              <td />
              {report.stages.map((stage) => (
                <th key={stage.stage} scope="col">
                  {stageName(stage)}
                  <InStage cases={stage.cases} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr className="stage-feeling">
              <th scope="row">{t("journeyMap.feeling")}</th>
              <td colSpan={report.stages.length}>
                <FeelingLine stages={report.stages} />
              </td>
            </tr>
            <Shoppers report={report} />
            <tr>
              <th scope="row">{t("journeyMap.waits")}</th>
              {report.stages.map((stage) => (
                <td key={stage.stage}>
                  <Waits waits={stage.waits} />
                </td>
              ))}
            </tr>
            {report.channels.map((channel) => (
              <tr key={channel ?? ""}>
                <th scope="row">{channel === null ? t("journeyMap.noChannel") : name("member", channel)}</th>
                {report.stages.map((stage) => (
                  <td key={stage.stage}>
                    <Cell cell={report.cells.find((one) => one.stage === stage.stage && one.channel === channel)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Figure>
  );
}

function InStage({ cases }: { cases: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  return <span className="soft block">{t("journeyMap.inStage", { cases: format.whole(cases) })}</span>;
}

/** How mystery shoppers felt at the steps of each stage; the row is there only where somebody walked. */
function Shoppers({ report }: { report: StageReport }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!report.stages.some((stage) => stage.shoppers.n)) return null;
  return (
    <tr>
      <th scope="row">{t("journeyMap.shoppers")}</th>
      {report.stages.map(({ stage, shoppers }) => (
        <td key={stage}>
          {shoppers.mean === null
            ? "–"
            : t("journeyMap.shoppersMean", { mean: format.decimal(shoppers.mean), n: format.whole(shoppers.n) })}
        </td>
      ))}
    </tr>
  );
}

function useFinding(report: StageReport): string {
  const { t } = useTranslation();
  const format = useFormat();
  const stageName = useStageName();
  const worst = lowest(report.stages);
  const slowest = longest(report.stages);
  if (worst && slowest) {
    return t("journeyMap.gridFinding", { worst: stageName(worst), longest: stageName(slowest) });
  }
  return slowest?.waits.p50 != null
    ? t("journeyMap.gridFindingWaits", { longest: stageName(slowest), p50: format.duration(slowest.waits.p50) })
    : t("app.page.journeyMap");
}

function Waits({ waits }: { waits: StageCell["waits"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (waits.p50 === null) return <span className="soft">–</span>;
  return (
    <>
      <span className="block">{t("journeyMap.half", { p50: format.duration(waits.p50) })}</span>
      <span className="soft block">
        {waits.p95 === null ? t("journeyMap.few") : t("journeyMap.slow", { p95: format.duration(waits.p95) })}
        {" · "}
        {t("journeyMap.answers", { n: format.whole(waits.n) })}
      </span>
    </>
  );
}

function Cell({ cell }: { cell: StageCell | undefined }) {
  const format = useFormat();
  const name = useNames();
  if (!cell) return <span className="soft">·</span>;
  return (
    <>
      <ul className="stage-steps">
        {cell.steps.slice(0, STEPS_SHOWN).map((step) => (
          <li key={step.step}>
            {name("step", step.step)} <span className="soft">{format.whole(step.count)}</span>
          </li>
        ))}
      </ul>
      <Waits waits={cell.waits} />
    </>
  );
}

function sheetOf(report: StageReport) {
  return {
    name: "stages",
    header: [
      "stage",
      "channel",
      "steps",
      "count",
      "cases",
      "waits",
      "wait_p50",
      "wait_p50_low",
      "wait_p50_high",
      "wait_p95",
      "feeling_n",
      "feeling",
      "feeling_low",
      "feeling_high",
    ],
    rows: [
      ...report.stages.map((stage) => [
        stage.stage,
        "",
        stage.steps.join(" "),
        stage.count,
        stage.cases,
        stage.waits.n,
        stage.waits.p50,
        stage.waits.p50_low,
        stage.waits.p50_high,
        stage.waits.p95,
        stage.feeling.n,
        stage.feeling.mean,
        stage.feeling.low,
        stage.feeling.high,
      ]),
      ...report.cells.map((cell) => [
        cell.stage,
        cell.channel ?? "",
        cell.steps.map((step) => step.step).join(" "),
        cell.count,
        cell.cases,
        cell.waits.n,
        cell.waits.p50,
        cell.waits.p50_low,
        cell.waits.p50_high,
        cell.waits.p95,
        null,
        null,
        null,
        null,
      ]),
    ],
  };
}
