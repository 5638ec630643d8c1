import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Answer } from "../journeys/Answer";
import { type Choice, useBottlenecks, useJourneys, useSummary } from "../journeys/api";
import { JourneySection } from "../journeys/JourneySection";
import { useDefinitions, useQuality } from "../quality/api";
import { QualitySection } from "../quality/QualitySection";
import { TargetsAnswer } from "../quality/TargetsAnswer";
import { type Filters, useAddress } from "../shared/address";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import { dayText } from "../shared/period";
import { Failure, Loading } from "../shared/states";
import { Welcome } from "./Welcome";

// The calendar is the heaviest part of the page, and the answer need not wait for it.
const FilterBar = lazy(() => import("../quality/FilterBar"));

/** How are our customers served, where do they wait, and how sure are we? */
export function OverviewPage() {
  const { t } = useTranslation();
  const { params, filters, change } = useAddress();
  const nameOf = useNames();
  const journeys = useJourneys();
  const quality = useQuality(filters);
  const definitions = useDefinitions();
  const period = usePeriod(filters, quality.data?.scope);
  const choice = useChoice(journeys.data, params, filters);
  const journeyPeriod = usePeriod(filters, spanOfJourney(journeys.data?.find((one) => one.name === choice?.name)));
  const bottlenecks = useBottlenecks(choice);
  const summary = useSummary(choice);
  const failed = [bottlenecks, summary].find((part) => part.isError);
  const title = choice ? nameOf("journey", choice.name) : "";
  const empty = quality.data?.scope.events === 0;

  if (empty) return <Welcome />;
  return (
    <main className="content" id="content">
      <h1 className="question">{t("app.question")}</h1>
      <div className="answer-block">
        {quality.data && definitions.data && <TargetsAnswer quality={quality.data} definitions={definitions.data} />}
        {journeys.isError ? (
          <Failure error={journeys.error} retry={() => void journeys.refetch()} />
        ) : choice ? (
          failed ? (
            <Failure error={failed.error} retry={() => void failed.refetch()} />
          ) : (
            <Answer choice={choice} title={title} cases={summary.data?.cases} bottlenecks={bottlenecks.data} />
          )
        ) : journeys.data ? (
          <p className="answer">{t("app.noJourney")}</p>
        ) : (
          <Loading lines={2} height={76} />
        )}
      </div>
      {!(quality.isError && journeys.isError) && (
        <>
          <Suspense fallback={<div className="filters-place" />}>
            <FilterBar filters={filters} change={change} first={period.first} last={period.last} />
          </Suspense>
          <QualitySection filters={filters} period={period.text} />
        </>
      )}
      {choice && (
        <JourneySection
          journeys={journeys.data ?? []}
          choice={choice}
          title={title}
          period={journeyPeriod.text}
          params={params}
          change={change}
        />
      )}
    </main>
  );
}

/** The journey of the address, or the one with the most recorded steps. */
function useChoice(
  journeys: { name: string; events: number }[] | undefined,
  params: URLSearchParams,
  filters: Filters,
): Choice | null {
  const asked = params.get("journey");
  const lifecycle = params.get("lifecycle") ?? undefined;
  return useMemo(() => {
    const largest = [...(journeys ?? [])].sort((a, b) => b.events - a.events)[0];
    const name = journeys?.find((journey) => journey.name === asked)?.name ?? largest?.name;
    return name === undefined ? null : { name, lifecycle, filters };
  }, [journeys, asked, lifecycle, filters]);
}

/** From the first to the last step of a journey; the whole record may reach much further. */
function spanOfJourney(listed: { first: string; last: string } | undefined) {
  return listed && { first_us: Date.parse(listed.first) * 1000, last_us: Date.parse(listed.last) * 1000 };
}

/** The period in words: what was asked for, or else the whole record. */
function usePeriod(filters: Filters, scope: { first_us: number | null; last_us: number | null } | undefined) {
  const { t } = useTranslation();
  const format = useFormat();
  const dayOf = (us: number | null | undefined) => (us ? dayText(new Date(us / 1000)) : undefined);
  const first = filters.from ?? dayOf(scope?.first_us);
  const last = filters.to ?? dayOf(scope?.last_us);
  const text =
    first && last
      ? t("app.period", {
          from: format.day(new Date(`${first}T12:00:00`)),
          to: format.day(new Date(`${last}T12:00:00`)),
        })
      : t("app.wholeRecord");
  return { first, last, text };
}
