import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ask } from "../api/client";

/** Kinds that files usually hold, in the order of use; the house's own kinds cannot be imported. */
const usual = [
  "journey.step_recorded.v1",
  "call.ended.v1",
  "message.received.v1",
  "complaint.received.v1",
  "survey.answered.v1",
  "ticket.updated.v1",
];
const ownOfTheHouse = /^(access|system|record)\./;

/** The kinds of event a row may become, and what each is called. */
export function useKinds(): { names: string[]; say: (name: string) => string } {
  const { t, i18n } = useTranslation();
  const found = useQuery({
    queryKey: ["kinds"],
    queryFn: ({ signal }) => ask<{ kinds: { type: string }[] }>("/v1/record/kinds", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const all = (found.data?.kinds ?? []).map((kind) => kind.type).filter((name) => !ownOfTheHouse.test(name));
  const say = (name: string) => {
    const key = `imports.kind.${name.replaceAll(".", "_")}`;
    return i18n.exists(key) ? t(key) : name;
  };
  return { names: [...new Set([...usual, ...all])], say };
}
