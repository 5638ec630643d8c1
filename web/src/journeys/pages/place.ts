import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Filters, useAddress } from "../../shared/address";
import { useFormat } from "../../shared/format";
import { useNames } from "../../shared/names";
import { dayText } from "../../shared/period";
import { type Choice, type Listed, useJourneys, useSummary } from "../api";
import { useNote } from "../parts";

/** What every page about one journey stands on: the journey of the address, its filters, its period in words. */
export function useJourneyPlace() {
  const { params, filters, change } = useAddress();
  const nameOf = useNames();
  const journeys = useJourneys();
  const listed = journeys.data;
  const choice = useChoice(listed, params, filters);
  const chosen = listed?.find((one) => one.name === choice?.name);
  const period = usePeriod(filters, chosen);
  const summary = useSummary(choice);
  const note = useNote(period.text, summary);
  const title = choice ? nameOf("journey", choice.name) : "";
  return { params, filters, change, journeys, choice, title, period, summary, note };
}

/** The journey of the address, or the one with the most recorded steps. */
function useChoice(listed: Listed[] | undefined, params: URLSearchParams, filters: Filters): Choice | null {
  const asked = params.get("journey");
  const lifecycle = params.get("lifecycle") ?? undefined;
  return useMemo(() => {
    const largest = [...(listed ?? [])].sort((a, b) => b.events - a.events)[0];
    const name = listed?.find((journey) => journey.name === asked)?.name ?? largest?.name;
    return name === undefined ? null : { name, lifecycle, filters };
  }, [listed, asked, lifecycle, filters]);
}

/** The period in words: what was asked for, or else from the first to the last step of the journey. */
function usePeriod(filters: Filters, listed: Listed | undefined) {
  const { t } = useTranslation();
  const format = useFormat();
  const first = filters.from ?? (listed && dayText(new Date(listed.first)));
  const last = filters.to ?? (listed && dayText(new Date(listed.last)));
  const text =
    first && last
      ? t("app.period", {
          from: format.day(new Date(`${first}T12:00:00`)),
          to: format.day(new Date(`${last}T12:00:00`)),
        })
      : t("app.wholeRecord");
  return { first, last, text };
}
