import { useQuery } from "@tanstack/react-query";
import { body, client, type Schemas } from "../api/client";
import type { paths } from "../api/schema";
import type { Filters } from "../shared/address";
import { spanOf } from "../shared/period";
import type { Graph } from "./map/graph";

export type Listed = Schemas["JourneyListed"];
export type Bottleneck = Schemas["Bottleneck"];
export type Variant = Schemas["CoveredVariant"];
export type Rework = Schemas["Rework"];
export type SlowAttribute = Schemas["SlowAttribute"];
export type SlowReport = Schemas["SlowReport"];
export type Handover = Schemas["Handover"];
export type Loop = Schemas["Loop"];
export type StageReport = Schemas["StageReport"];
export type Stage = Schemas["Stage"];
export type StageCell = Schemas["StageCell"];
export type Moment = Schemas["Moment"];
export type Effect = Schemas["Effect"];
export type Quote = Schemas["Quote"];
export type Comparison = Schemas["Comparison"];
type MapAnswer = Schemas["JourneyMap"];

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

function queryOf({ lifecycle, filters }: Choice) {
  return {
    lifecycle,
    ...spanOf(filters),
    channel: filters.channel,
    org: filters.branch,
    product: filters.product,
    segment: filters.segment,
  };
}

type Part =
  | "summary"
  | "bottlenecks"
  | "variants"
  | "rework"
  | "slow"
  | "map"
  | "handovers"
  | "loops"
  | "stages"
  | "quotes";
type Parts = {
  [P in Part]: paths[`/v1/journeys/{name}/${P}`]["get"]["responses"][200]["content"]["application/json"];
};

export type Summary = Parts["summary"];

/** One part of the picture of a journey; a changed filter keeps its former picture meanwhile, another journey does not. */
function useJourney<P extends Part>(
  choice: Choice | null,
  part: P,
  more: { limit?: number; between?: "actor" | "team" } = {},
) {
  return useQuery({
    queryKey: ["journeys", part, choice, more],
    enabled: choice !== null,
    queryFn: ({ signal }) => {
      const params = { path: { name: choice?.name ?? "" }, query: choice ? { ...queryOf(choice), ...more } : more };
      const path: `/v1/journeys/{name}/${Part}` = `/v1/journeys/{name}/${part}`;
      return body(client.GET(path, { params, signal })) as Promise<Parts[P]>;
    },
    placeholderData: (former, query) => {
      const asked = query?.queryKey[2] as Choice | null | undefined;
      return asked?.name === choice?.name ? former : undefined;
    },
  });
}

export function useJourneys() {
  return useQuery({
    queryKey: ["journeys"],
    queryFn: ({ signal }) => body(client.GET("/v1/journeys", { signal })),
  });
}

export const useSummary = (choice: Choice | null) => useJourney(choice, "summary");
export const useBottlenecks = (choice: Choice | null) => useJourney(choice, "bottlenecks");
export const useVariants = (choice: Choice | null, limit = 10) => useJourney(choice, "variants", { limit });
export const useLoops = (choice: Choice | null) => useJourney(choice, "loops");
export const useStages = (choice: Choice | null) => useJourney(choice, "stages");
export const useQuotes = (choice: Choice | null) => useJourney(choice, "quotes");
export const useHandovers = (choice: Choice | null, between: "actor" | "team") =>
  useJourney(choice, "handovers", { between, limit: 50 });
export const useRework = (choice: Choice | null) => useJourney(choice, "rework");
export const useSlow = (choice: Choice | null) => useJourney(choice, "slow");

export function useMap(choice: Choice | null) {
  const answer = useJourney(choice, "map");
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

/** Two selections of the cases chosen, side by side; each condition reads `channel=app`. */
export function useComparison(choice: Choice | null, first: string[], second: string[]) {
  return useQuery({
    queryKey: ["journeys", "compare", choice, first, second],
    enabled: choice !== null && first.length > 0 && second.length > 0,
    queryFn: ({ signal }) =>
      body(
        client.GET("/v1/journeys/{name}/compare", {
          params: { path: { name: choice?.name ?? "" }, query: { ...(choice ? queryOf(choice) : {}), first, second } },
          signal,
        }),
      ),
  });
}

export function useCases(choice: Choice, edge: { from: string; to: string } | null) {
  return useQuery({
    queryKey: ["journeys", "cases", choice, edge],
    enabled: edge !== null,
    queryFn: ({ signal }) =>
      body(
        client.GET("/v1/journeys/{name}/cases", {
          params: {
            path: { name: choice.name },
            query: { ...queryOf(choice), edge_from: edge?.from, edge_to: edge?.to, limit: 50 },
          },
          signal,
        }),
      ),
  });
}

/** What happened in one case, in the order of time. */
export function useCaseEvents(journey: string, id: string) {
  return useQuery({
    queryKey: ["events", journey, id],
    queryFn: async ({ signal }) => {
      const query = { journey, case: id, limit: 200 };
      const page = await body(client.GET("/v1/events", { params: { query }, signal }));
      return [...page.events].sort((a, b) => a.time.localeCompare(b.time));
    },
  });
}
