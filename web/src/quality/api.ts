import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type Query, read } from "../api/client";
import type { Filters } from "../shared/address";
import { readersZone, spanOf } from "../shared/period";
import type { Definition, GroupedFigures, QualityFigures } from "./types";

/** The filters of the page as the parameters of `/v1/quality`; a day in the address covers the whole day. */
export function selectionOf(filters: Filters): Query {
  return {
    ...spanOf(filters),
    channel: filters.channel,
    branch: filters.branch,
    product: filters.product,
    segment: filters.segment,
  };
}

export function useQuality(filters: Filters) {
  return useQuery({
    queryKey: ["quality", "overview", filters],
    queryFn: ({ signal }) => read<QualityFigures>("/v1/quality/overview", selectionOf(filters), signal),
    placeholderData: keepPreviousData,
  });
}

export type TrendStep = "day" | "week" | "month" | "quarter";

/** The step that gives a period a course one can read: about ten to forty points. */
export function stepOf(sinceUs: number, untilUs: number): TrendStep {
  const days = (untilUs - sinceUs) / 86_400e6;
  if (days <= 45) return "day";
  if (days <= 200) return "week";
  return days <= 5 * 365 ? "month" : "quarter";
}

/** The course of every figure, in the calendar of the reader's own time zone. */
export function useTrend(filters: Filters, step: TrendStep | null) {
  return useQuery({
    queryKey: ["quality", "trend", filters, step],
    enabled: step !== null,
    queryFn: ({ signal }) =>
      read<GroupedFigures>("/v1/quality/trend", { ...selectionOf(filters), step, zone: readersZone() }, signal),
    placeholderData: keepPreviousData,
  });
}

export type Dimension = "channel" | "branch" | "product" | "segment";

/** The members of a dimension, for the filters; they do not depend on what is chosen at present. */
export function useMembers(dimension: Dimension) {
  return useQuery({
    queryKey: ["quality", "by", dimension],
    queryFn: ({ signal }) => read<GroupedFigures>("/v1/quality/by", { dimension }, signal),
    staleTime: 10 * 60_000,
  });
}

export function useDefinitions() {
  return useQuery({
    queryKey: ["quality", "definitions"],
    queryFn: ({ signal }) => read<Definition[]>("/v1/quality/definitions", {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface Contact {
  position: number;
  time_us: number;
  type: string;
  source: string;
  id: string;
  subject: string | null;
  channel: string | null;
  case: string | null;
  org: string | null;
  product: string | null;
  segment: string | null;
}

export interface ContactPage {
  contacts: Contact[];
  next_after: number | null;
}

/** The contacts behind a figure, page by page; the address comes with the figure. */
export function useContacts(address: string | null) {
  return useInfiniteQuery({
    queryKey: ["contacts", address],
    enabled: address !== null,
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) => {
      const url = new URL(address ?? "", window.location.origin);
      if (pageParam > 0) url.searchParams.set("after", String(pageParam));
      url.searchParams.set("limit", "50");
      return read<ContactPage>(`${url.pathname}${url.search}`, {}, signal);
    },
    getNextPageParam: (page) => page.next_after ?? undefined,
  });
}
