import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type Query, read } from "../api/client";
import type { Filters } from "../shared/address";
import { spanOf } from "../shared/period";
import type { Graph, Waiting } from "./map/graph";

export interface Listed {
  name: string;
  events: number;
  cases: number;
  first: string;
  last: string;
  lifecycles: string[];
}

export interface Summary {
  events: number;
  cases: number;
  activities: number;
  edges: number;
  variants: number;
  resources: number;
  events_without_resource: number;
  duration_days: { p50: number; p95: number };
  handovers_per_case: { mean: number; p95: number };
}

interface Edge {
  from: string;
  to: string;
  count: number;
  cases: number;
  wait_seconds: Waiting;
}

export interface Bottleneck extends Edge {
  rank: number | null;
  share: number;
  share_low: number;
  share_high: number;
}

export interface Variant {
  activities: string[];
  cases: number;
  share: number;
  cumulative_share: number;
}

export interface Rework {
  activity: string;
  cases: number;
  cases_with_repeat: number;
  extra_executions: number;
}

export interface SlowAttribute {
  rank: number | null;
  attribute: string;
  value: string;
  n: number;
  slow: number;
  share: number;
  other_n: number;
  other_share: number;
  lift: number;
  difference: number;
  difference_low: number;
  difference_high: number;
}

export interface SlowReport {
  n: number;
  slow: number;
  slower_than: number;
  threshold_days: number;
  attributes: SlowAttribute[];
}

interface MapAnswer {
  cases: number;
  events: number;
  nodes: { id: string; count: number; cases: number; starts: number; ends: number }[];
  edges: Edge[];
}

export interface JourneyPicture {
  cases: number;
  events: number;
  graph: Graph;
}

export interface Choice {
  name: string;
  lifecycle: string | undefined;
  filters: Filters;
}

function queryOf({ lifecycle, filters }: Choice): Query {
  return {
    lifecycle,
    ...spanOf(filters),
    channel: filters.channel,
    org: filters.branch,
    product: filters.product,
    segment: filters.segment,
  };
}

function useJourney<Body>(choice: Choice | null, part: string, more: Query = {}) {
  return useQuery({
    queryKey: ["journeys", part, choice, more],
    enabled: choice !== null,
    queryFn: ({ signal }) =>
      read<Body>(
        `/v1/journeys/${encodeURIComponent(choice?.name ?? "")}/${part}`,
        choice ? { ...queryOf(choice), ...more } : {},
        signal,
      ),
    placeholderData: keepPreviousData,
  });
}

export function useJourneys() {
  return useQuery({
    queryKey: ["journeys"],
    queryFn: ({ signal }) => read<Listed[]>("/v1/journeys", {}, signal),
  });
}

export const useSummary = (choice: Choice | null) => useJourney<Summary>(choice, "summary");
export const useBottlenecks = (choice: Choice | null) => useJourney<Bottleneck[]>(choice, "bottlenecks");
export const useVariants = (choice: Choice | null) => useJourney<Variant[]>(choice, "variants", { limit: 10 });
export const useRework = (choice: Choice | null) => useJourney<Rework[]>(choice, "rework");
export const useSlow = (choice: Choice | null) => useJourney<SlowReport>(choice, "slow");

export function useMap(choice: Choice | null) {
  const answer = useJourney<MapAnswer>(choice, "map");
  return { ...answer, data: answer.data && pictureOf(answer.data) };
}

const pictures = new WeakMap<MapAnswer, JourneyPicture>();

/** The map in the words of the drawing; the same answer always gives the same object, so nothing is drawn twice. */
export function pictureOf(answer: MapAnswer): JourneyPicture {
  const known = pictures.get(answer);
  if (known) return known;
  const made: JourneyPicture = {
    cases: answer.cases,
    events: answer.events,
    graph: {
      steps: answer.nodes.map(({ id, ...rest }) => ({ name: id, title: id, ...rest })),
      paths: answer.edges.map(({ wait_seconds, ...rest }) => ({
        ...rest,
        fromTitle: rest.from,
        toTitle: rest.to,
        wait: wait_seconds,
      })),
    },
  };
  pictures.set(answer, made);
  return made;
}

export interface CaseRow {
  case: string;
  first: string;
  last: string;
  duration_seconds: number;
  events: number;
  handovers: number;
}

export function useCases(choice: Choice, edge: { from: string; to: string } | null) {
  return useQuery({
    queryKey: ["journeys", "cases", choice, edge],
    enabled: edge !== null,
    queryFn: ({ signal }) =>
      read<{ total: number; cases: CaseRow[] }>(
        `/v1/journeys/${encodeURIComponent(choice.name)}/cases`,
        { ...queryOf(choice), edge_from: edge?.from, edge_to: edge?.to, limit: 50 },
        signal,
      ),
  });
}

/** An event as `/v1/events` returns it: the CloudEvents envelope. */
export interface EventRow {
  id: string;
  type: string;
  time: string;
  step?: string;
  actor?: string;
}

export function useCaseEvents(journey: string, id: string) {
  return useQuery({
    queryKey: ["events", journey, id],
    queryFn: async ({ signal }) => {
      const page = await read<{ events: EventRow[] }>("/v1/events", { journey, case: id, limit: 200 }, signal);
      return [...page.events].sort((a, b) => a.time.localeCompare(b.time));
    },
  });
}
