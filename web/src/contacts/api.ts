import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { ask, type Schemas } from "../api/client";
import { spanOf } from "../shared/period";

export type Line = Schemas["ContactLine"];
export type Page = Schemas["ContactsModel"];
export type Facets = Schemas["FacetsModel"];
export type FacetMember = Schemas["FacetModel"];
export type OneContact = Schemas["OneContactModel"];
export type Subject = Schemas["SubjectModel"];
export type Meaning = NonNullable<Page["meaning"]>;
export type Opened = Schemas["OpenedModel"];

/** What narrows the list down; the names in the address are those of the overview, so that links carry over. */
export const filterNames = [
  "q",
  "kind",
  "channel",
  "branch",
  "product",
  "segment",
  "journey",
  "step",
  "actor",
  "case",
  "subject",
] as const;
export type FilterName = (typeof filterNames)[number];

export const PAGE = 50;

/** The conditions of an address as the server takes them. */
export function conditionsOf(params: URLSearchParams): URLSearchParams {
  const wanted = new URLSearchParams();
  for (const name of filterNames) {
    const value = params.get(name);
    if (value !== null && (value !== "" || name !== "q")) wanted.set(name === "branch" ? "unit" : name, value);
  }
  if (params.get("exact") === "1") wanted.set("unit_only", "true");
  const { since, until } = spanOf({ from: params.get("from") ?? undefined, to: params.get("to") ?? undefined });
  if (since) wanted.set("since", since);
  if (until) wanted.set("until", until);
  return wanted;
}

function pages<Found extends { next: string | null }>(address: string, first: number) {
  return {
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }: { pageParam: string | null; signal: AbortSignal }) => {
      const [path, search] = address.split("?");
      const query = new URLSearchParams(search);
      query.set("limit", String(first));
      if (pageParam) query.set("before", pageParam);
      return ask<Found>(`${path}?${query}`, { signal });
    },
    getNextPageParam: (page: Found) => page.next ?? undefined,
  };
}

/** The contacts that fit, newest first, page by page. */
export function useContactList(wanted: URLSearchParams, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ["contacts", "list", wanted.toString()],
    enabled,
    ...pages<Page>(`/v1/contacts?${wanted}`, PAGE),
    placeholderData: keepPreviousData,
  });
}

/** How many there are and how they spread; asked beside the list, so that the list need not wait. */
export function useFacets(wanted: URLSearchParams, enabled: boolean) {
  return useQuery({
    queryKey: ["contacts", "facets", wanted.toString()],
    enabled,
    queryFn: ({ signal }) => ask<Facets>(`/v1/contacts/facets?${wanted}`, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** What readers of this installation call its codes; asked once. */
export function useServerWords() {
  return useQuery({
    queryKey: ["contacts", "words"],
    queryFn: async ({ signal }) => (await ask<Schemas["WordsModel"]>("/v1/contacts/words", { signal })).words,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useContact(position: number | null) {
  return useQuery({
    queryKey: ["contacts", "one", position],
    enabled: position !== null,
    queryFn: ({ signal }) => ask<OneContact>(`/v1/contacts/${position}`, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** Opens what is personal; the server records who looked before it answers. */
export function useOpening(position: number) {
  return useMutation({
    mutationFn: () => ask<Opened>(`/v1/contacts/${position}/personal`, { method: "POST", json: {} }),
  });
}

/** Finds somebody by a number or name, which goes in the body and never into an address. */
export function usePersonSearch() {
  return useMutation({
    mutationFn: (text: string) =>
      ask<Schemas["FoundPeopleModel"]>("/v1/contacts/people", { method: "POST", json: { text } }),
  });
}

export function useSubject(subject: string) {
  return useQuery({
    queryKey: ["subjects", subject],
    queryFn: ({ signal }) => ask<Subject>(`/v1/subjects/${encodeURIComponent(subject)}`, { signal }),
  });
}

export function useTimeline(subject: string, wanted: URLSearchParams) {
  return useInfiniteQuery({
    queryKey: ["subjects", subject, "timeline", wanted.toString()],
    ...pages<Page>(`/v1/subjects/${encodeURIComponent(subject)}/timeline?${wanted}`, 100),
    placeholderData: keepPreviousData,
  });
}
