import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { body, client, type Schemas } from "../api/client";
import type { Filters } from "../shared/address";
import { readersZone, spanOf } from "../shared/period";
import type { Definition, GroupedFigures, QualityFigures } from "./types";

/** The filters of the page as the parameters of `/v1/quality`; a day in the address covers the whole day. */
export function selectionOf(filters: Filters) {
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
    queryFn: ({ signal }) =>
      body(
        client.GET("/v1/quality/overview", { params: { query: selectionOf(filters) }, signal }),
      ) as Promise<QualityFigures>,
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
      body(
        client.GET("/v1/quality/trend", {
          params: { query: { ...selectionOf(filters), step: step ?? "month", zone: readersZone() } },
          signal,
        }),
      ) as Promise<GroupedFigures>,
    placeholderData: keepPreviousData,
  });
}

export type Dimension = "channel" | "branch" | "product" | "segment";

/** The members of a dimension, for the filters; they do not depend on what is chosen at present. */
export function useMembers(dimension: Dimension) {
  return useQuery({
    queryKey: ["quality", "by", dimension],
    queryFn: ({ signal }) =>
      body(
        client.GET("/v1/quality/by", { params: { query: { dimension, figures: ["csat"] } }, signal }),
      ) as Promise<GroupedFigures>,
    staleTime: 10 * 60_000,
  });
}

export function useDefinitions() {
  return useQuery({
    queryKey: ["quality", "definitions"],
    queryFn: ({ signal }) => body(client.GET("/v1/quality/definitions", { signal })) as Promise<Definition[]>,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The contacts behind a figure, page by page; the address comes with the figure. */
export function useContacts(address: string | null) {
  return useInfiniteQuery({
    queryKey: ["contacts", address],
    enabled: address !== null,
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) => {
      // The figure names the selection itself; only the page is ours.
      const query = Object.fromEntries(new URL(address ?? "", window.location.origin).searchParams);
      return body(
        client.GET("/v1/quality/contacts", {
          params: { query: { ...(query as { kind: Schemas["Kind"] }), after: pageParam, limit: 50 } },
          signal,
        }),
      );
    },
    getNextPageParam: (page) => page.next_after ?? undefined,
  });
}
