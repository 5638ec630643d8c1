import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { JourneyAnswer } from "../journeys/JourneyAnswer";
import { useDefinitions, useQuality } from "../quality/api";
import { QualitySection } from "../quality/QualitySection";
import { TargetsAnswer } from "../quality/TargetsAnswer";
import { type Filters, useAddress } from "../shared/address";
import { useFormat } from "../shared/format";
import { dayText } from "../shared/period";
import { Loading } from "../shared/states";
import { SavedViews } from "../shared/views/SavedViews";
import { Welcome } from "./Welcome";

// The calendar is the heaviest part of the page, and the answer need not wait for it.
const FilterBar = lazy(() => import("../quality/FilterBar"));

/** How are our customers served, where do they wait, and how sure are we? */
export function OverviewPage() {
  const { t } = useTranslation();
  const { filters, change } = useAddress();
  const quality = useQuality(filters);
  const definitions = useDefinitions();
  const period = usePeriod(filters, quality.data?.scope);
  if (quality.data?.scope.events === 0) return <Welcome />;
  return (
    <main className="content" id="content">
      <h1 className="question">{t("app.question")}</h1>
      <div className="answer-block">
        {quality.data && definitions.data ? (
          <>
            <TargetsAnswer quality={quality.data} definitions={definitions.data} />
            {/* Asked only now: the figures stand first, and over millions of contacts journeys take a while. */}
            <JourneyAnswer filters={filters} />
          </>
        ) : (
          !quality.isError && <Loading lines={3} height={116} />
        )}
      </div>
      <div className="filters-and-views">
        <Suspense fallback={<div className="filters-place" />}>
          <FilterBar filters={filters} change={change} first={period.first} last={period.last} />
        </Suspense>
        <SavedViews page="overview" />
      </div>
      <QualitySection filters={filters} period={period.text} />
    </main>
  );
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
