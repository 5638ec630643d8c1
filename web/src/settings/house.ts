import { useQuery } from "@tanstack/react-query";
import { ask } from "../api/client";

/** What the institution tells everybody who is signed in. */
export interface House {
  name_zh: string;
  name_en: string;
  /** The number of a person who helps; empty when none is set. */
  help_phone: string;
  /** Where complaints are taken, in the customer's words. */
  complain_zh: string;
  complain_en: string;
}

export function useHouse() {
  return useQuery({
    queryKey: ["house"],
    queryFn: ({ signal }) => ask<House>("/v1/settings/house", { signal }),
    staleTime: 10 * 60_000,
  });
}
