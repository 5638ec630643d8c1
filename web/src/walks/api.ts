import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ask, body, client, type Schemas } from "../api/client";
import { useMembers } from "../quality/api";
import { inLanguage } from "../quality/types";

export type Walk = Schemas["Walk"];
export type WalkListed = Schemas["WalkListed"];
export type WalkStep = Schemas["WalkStep"];
export type Comparison = Schemas["WalkComparison"];
export type ComparedStep = Schemas["ComparedStep"];
export type PersonaFigures = Schemas["PersonaFigures"];

export const personas = ["ordinary", "elderly", "passbook_only", "wheelchair", "blind", "home_visit"] as const;
export const feelings = [1, 2, 3, 4, 5] as const;
export const channels = ["branch", "phone", "app", "web", "chat", "email", "partner"] as const;

export interface Plan {
  key: string;
  journey: string;
  persona: string;
  planned_for: string;
  unit: string | null;
  shopper: string | null;
  steps: string[];
}

const pathOf = (walk: string) => `/v1/walks/${encodeURIComponent(walk)}`;

export function useWalks() {
  return useQuery({ queryKey: ["walks"], queryFn: ({ signal }) => body(client.GET("/v1/walks", { signal })) });
}

export function useWalk(walk: string) {
  return useQuery({
    queryKey: ["walks", walk],
    queryFn: ({ signal }) => body(client.GET("/v1/walks/{walk}", { params: { path: { walk } }, signal })),
  });
}

export function useComparison(walk: string) {
  return useQuery({
    queryKey: ["walks", walk, "comparison"],
    queryFn: ({ signal }) => body(client.GET("/v1/walks/{walk}/comparison", { params: { path: { walk } }, signal })),
  });
}

/** One of the acts on a walk; what it answers takes the place of what was known. */
export function useWalkAct<Input>(act: (input: Input) => Promise<Walk>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (walk) => {
      queries.setQueryData(["walks", walk.walk], walk);
      void queries.invalidateQueries({ queryKey: ["walks"], exact: true });
    },
  });
}

export const planWalk = (plan: Plan) => ask<Walk>("/v1/walks", { method: "POST", json: plan });
export const cancelWalk = (walk: string) => ask<Walk>(`${pathOf(walk)}/cancel`, { method: "POST" });
export const takeBack = ({ walk, key }: { walk: string; key: string }) =>
  ask<Walk>(`${pathOf(walk)}/steps/${encodeURIComponent(key)}`, { method: "DELETE" });
export const finishWalk = ({ walk, ...ending }: { walk: string; feeling: number; recommendation: string | null }) =>
  ask<Walk>(`${pathOf(walk)}/finish`, { method: "POST", json: ending });
export const photoAddress = (walk: string, digest: string) => `${pathOf(walk)}/photos/${digest}`;
export const stepsAddress = (walk: string) => `${pathOf(walk)}/steps`;
export const photosAddress = (walk: string, key: string) => `${pathOf(walk)}/photos?step=${encodeURIComponent(key)}`;

/** The branches by code and name; a unit without a name keeps its code. */
export function useUnits() {
  const { i18n } = useTranslation();
  const groups = useMembers("branch").data?.groups ?? [];
  const names = new Map(
    groups.flatMap(({ key, name }) =>
      key === null ? [] : [[key, name ? inLanguage(name, i18n.language) : key] as const],
    ),
  );
  return { keys: [...names.keys()], name: (key: string) => names.get(key) ?? key };
}
