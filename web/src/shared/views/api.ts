import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ask } from "../../api/client";

export interface SavedView {
  id: string;
  name: string;
  page: string;
  address: string;
  shared: boolean;
  owner: string;
  own: boolean;
  created: string;
}

export type Wanted = Pick<SavedView, "name" | "page" | "address" | "shared">;

/** The views of a page: one's own and those that others share. */
export function useViews(page: string, enabled: boolean) {
  return useQuery({
    queryKey: ["views", page],
    enabled,
    queryFn: async ({ signal }) =>
      (await ask<{ views: SavedView[] }>(`/v1/views?page=${encodeURIComponent(page)}`, { signal })).views,
  });
}

/** Keep a view, or delete one; the list follows. */
export function useViewActs(page: string) {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: ["views", page] });
  const keep = useMutation({
    mutationFn: (json: Wanted) => ask<SavedView>("/v1/views", { method: "POST", json }),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: (view: SavedView) => ask<null>(`/v1/views/${encodeURIComponent(view.id)}`, { method: "DELETE" }),
    onSuccess,
  });
  return { keep, remove };
}

/** The present address without what belongs to the reader alone: the language and an open panel. */
export function presentAddress(pathname: string, search: string): string {
  const params = new URLSearchParams(search);
  for (const own of ["lang", "open"]) params.delete(own);
  const text = params.toString();
  return text ? `${pathname}?${text}` : pathname;
}
