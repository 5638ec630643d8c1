import { lazy, Suspense } from "react";
import { Trans, useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../../access/session";
import { useFormat } from "../../shared/format";
import { Empty, Failure, Loading } from "../../shared/states";
import { type StageReport, useStages } from "../api";
import { useJourneyPlace } from "../pages/place";
import { Pickers, settled } from "../parts";
import { Moments } from "./Moments";
import { Quotes } from "./Quotes";
import { StageGrid } from "./StageGrid";
import "../pages/pages.css";
import "./stages.css";
import { longest, lowest, RANKED_FROM, useMomentName, useStageName } from "./words";

const FilterBar = lazy(() => import("../../quality/FilterBar"));

/** What customers go through, stage by stage, and which moment decides how they feel. */
export default function StageMapPage() {
  const { t } = useTranslation();
  const { session, has } = useSession();
  const { journeys, choice, title, filters, change, period, note, params } = useJourneyPlace();
  const stages = useStages(choice);
  const failed = [journeys, stages].find((part) => part.isError);
  return (
    <main className="content" id="content">
      <h1 className="question">{t("journeyMap.question")}</h1>
      <div className="answer-block">
        {failed ? (
          <Failure error={failed.error} retry={() => void failed.refetch()} />
        ) : journeys.data && !choice ? (
          <Empty title={t("journeyPages.none")}>
            <p>{t(session.whole ? "journeyPages.noneDo" : "journeyPages.noneUnit")}</p>
          </Empty>
        ) : stages.data ? (
          <StageAnswer report={stages.data} journey={title} />
        ) : (
          <Loading lines={2} height={76} />
        )}
      </div>
      {choice && !failed && (
        <>
          <Suspense fallback={<div className="filters-place" />}>
            <FilterBar filters={filters} change={change} first={period.first} last={period.last} />
          </Suspense>
          <header className="section-head journey-head">
            <p className="soft">
              <Link to={{ pathname: "/journeys", search: params.toString() }}>{t("journeyMap.toFlow")}</Link>
            </p>
            <Pickers journeys={journeys.data ?? []} choice={choice} change={change} />
          </header>
          {settled(stages, 560, (report) => (
            <>
              <h2 className="unseen">{t("app.page.journeyMap")}</h2>
              <StageGrid report={report} note={note} />
              <Moments report={report} note={note} />
              {has("record:read") && <Quotes choice={choice} report={report} />}
            </>
          ))}
        </>
      )}
    </main>
  );
}

/** The moment that certainly makes the greatest difference; without one, the stage that feels worst. */
function StageAnswer({ report, journey }: { report: StageReport; journey: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const momentName = useMomentName();
  const stageName = useStageName();
  const top = report.moments[0];
  const parts = { em: <em />, sure: <span className="answer-sure" /> };
  const shown = (value: number) => format.decimal(100 * Math.abs(value), 0);
  if (report.ranked_by === "feeling" && top?.feeling.certain && top.feeling.difference !== null) {
    const { difference, low, high, n, other_n: other } = top.feeling;
    const bounds = [Math.abs(low ?? 0), Math.abs(high ?? 0)].sort((a, b) => a - b);
    const values = {
      moment: momentName(top),
      points: shown(difference),
      worse: t(difference < 0 ? "journeyMap.worse" : "journeyMap.better"),
      low: shown(bounds[0] ?? 0),
      high: shown(bounds[1] ?? 0),
      n: format.whole(n),
      other: format.whole(other),
    };
    return (
      <p className="answer" data-answer="moment">
        <Trans t={t} i18nKey="journeyMap.answerMoment" values={values} components={parts} />
      </p>
    );
  }
  const worst = lowest(report.stages);
  const slowest = longest(report.stages);
  if (worst && worst.feeling.mean !== null && worst.feeling.n >= RANKED_FROM) {
    const values = {
      stage: stageName(worst),
      mean: shown(worst.feeling.mean),
      low: shown(worst.feeling.low ?? 0),
      high: shown(worst.feeling.high ?? 1),
      n: format.whole(worst.feeling.n),
    };
    return (
      <p className="answer" data-answer="stage">
        <Trans t={t} i18nKey="journeyMap.answerStage" values={values} components={parts} />
      </p>
    );
  }
  return (
    <>
      <p className="answer" data-answer="none">
        {t("journeyMap.answerNone")}
      </p>
      {slowest?.waits.p50 != null && (
        <p className="soft">
          {t("journeyMap.answerWait", {
            journey,
            stage: stageName(slowest),
            p50: format.duration(slowest.waits.p50),
            p95: slowest.waits.p95 === null ? "–" : format.duration(slowest.waits.p95),
            n: format.whole(slowest.waits.n),
          })}
        </p>
      )}
    </>
  );
}
