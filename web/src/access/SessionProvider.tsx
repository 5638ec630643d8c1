import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { ask, rememberCsrf, whenSignedOut } from "../api/client";
import { Failure, Loading } from "../shared/states";
import type { Right } from "./rights";
import { type Session, SessionContext, type SessionState } from "./session";

const SignInAgain = lazy(() => import("./SignInAgain"));
const key = ["session"];

/** Knows who is signed in, and asks to sign in again, over the page as it stands, when the server forgot it. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [lost, setLost] = useState(false);
  const asked = useQuery({ queryKey: key, queryFn: readSession, staleTime: Number.POSITIVE_INFINITY });
  const session = asked.data;

  useEffect(() => whenSignedOut(() => setLost(queries.getQueryData<Session>(key)?.signed_in === true)), [queries]);

  const refresh = useCallback(async () => {
    const now = await readSession();
    queries.setQueryData(key, now);
    return now;
  }, [queries]);

  const signOut = useCallback(async () => {
    await ask("/v1/session", { method: "DELETE" });
    // A full load leaves nothing of this person in the memory of the page.
    window.location.assign("/sign-in");
  }, []);

  const state = useMemo<SessionState | null>(
    () => (session ? { session, has: (right: Right) => session.rights.includes(right), refresh, signOut } : null),
    [session, refresh, signOut],
  );

  if (!state) {
    return (
      <div className="alone">
        {asked.isError ? <Failure error={asked.error} retry={() => void asked.refetch()} /> : <Loading lines={3} />}
      </div>
    );
  }
  return (
    <SessionContext.Provider value={state}>
      {children}
      {lost && (
        <Suspense fallback={null}>
          <SignInAgain done={() => setLost(false)} />
        </Suspense>
      )}
    </SessionContext.Provider>
  );
}

async function readSession(): Promise<Session> {
  const session = await ask<Session>("/v1/session");
  rememberCsrf(session.csrf);
  return session;
}
