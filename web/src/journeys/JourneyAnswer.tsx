import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Filters } from "../shared/address";
import { useNames } from "../shared/names";
import { Failure, Loading } from "../shared/states";
import { Answer } from "./Answer";
import { type Choice, useBottlenecks, useJourneys, useSummary } from "./api";

/** Where customers wait most, for the first page: the journey with the most steps, and the way to all of them. */
export function JourneyAnswer({ filters }: { filters: Filters }) {
  const { t } = useTranslation();
  const name = useNames();
  const journeys = useJourneys();
  const choice = useLargest(journeys.data, filters);
  const bottlenecks = useBottlenecks(choice);
  const summary = useSummary(choice);
  const failed = [journeys, bottlenecks, summary].find((part) => part.isError);
  if (failed) return <Failure error={failed.error} retry={() => void failed.refetch()} />;
  if (!journeys.data) return <Loading lines={2} height={76} />;
  if (!choice) return <p className="soft">{t("app.noJourney")}</p>;
  return (
    <div className="journey-answer">
      <Answer
        choice={choice}
        title={name("journey", choice.name)}
        cases={summary.data?.cases}
        bottlenecks={bottlenecks.data}
      />
      <p>
        <Link to={`/journeys?journey=${encodeURIComponent(choice.name)}`}>{t("app.toJourneys")}</Link>
      </p>
    </div>
  );
}

function useLargest(journeys: { name: string; events: number }[] | undefined, filters: Filters): Choice | null {
  return useMemo(() => {
    const largest = [...(journeys ?? [])].sort((a, b) => b.events - a.events)[0];
    return largest ? { name: largest.name, lifecycle: undefined, filters } : null;
  }, [journeys, filters]);
}
