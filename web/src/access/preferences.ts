import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { ask } from "../api/client";
import { applyLanguage, languages } from "../app/i18n";
import { useAppearance } from "../app/theme/Theme";
import { useSession } from "./session";

/** What a person likes; kept on the server, so that it follows them to every screen. Null where nothing was chosen. */
export interface Preferences {
  language: string | null;
  appearance: "light" | "dark" | null;
  easy_mode: boolean;
  read_aloud: boolean;
}

let kept: Preferences | null = null;
/** What was chosen before the kept preferences had arrived; it must not be undone by them. */
let early: Partial<Preferences> = {};

/** Keep a choice on the server too; this browser remembers it anyhow, so a failure needs no words. */
export function keepPreference(change: Partial<Preferences>): void {
  if (kept === null) {
    early = { ...early, ...change };
    return;
  }
  kept = { ...kept, ...change };
  void ask("/v1/preferences", { method: "PUT", json: kept }).catch(() => undefined);
}

/** Bring what a person chose elsewhere to this screen, once after signing in; the address still decides first. */
export function useKeptPreferences(): void {
  const { session } = useSession();
  const { choose, setEasy } = useAppearance();
  const found = useQuery({
    queryKey: ["preferences", session.user?.name],
    queryFn: ({ signal }) => ask<Preferences>("/v1/preferences", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const preferences = found.data;
  // biome-ignore lint/correctness/useExhaustiveDependencies: applied once, when they arrive.
  useEffect(() => {
    if (!preferences) return;
    kept = preferences;
    const chosen = early;
    early = {};
    if (Object.keys(chosen).length > 0) keepPreference(chosen);
    const language = languages.find((one) => one === kept?.language);
    if (language && !new URLSearchParams(window.location.search).has("lang")) applyLanguage(language);
    if (kept.appearance) choose(kept.appearance);
    setEasy(kept.easy_mode);
  }, [preferences]);
}
