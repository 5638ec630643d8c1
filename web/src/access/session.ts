import { createContext, useContext } from "react";
import type { Right, Role } from "./rights";

/** A text in both languages. */
export interface Both {
  zh: string;
  en: string;
}

export interface SessionUser {
  name: string;
  display_name: string;
  role: Role;
  unit: string | null;
  unit_name: Both | null;
  language: string | null;
  must_change_password: boolean;
  has_password: boolean;
  passkeys: number;
}

/** Who is signed in, what they may do, and which ways of signing in this server offers. */
export interface Session {
  signed_in: boolean;
  user: SessionUser | null;
  rights: Right[];
  /** The whole institution is in reach, not only a unit. */
  whole: boolean;
  csrf: string | null;
  methods: { password: boolean; passkey: boolean; oidc: { id: string; name: string }[] };
  demo: boolean;
}

export interface SessionState {
  session: Session;
  has: (right: Right) => boolean;
  /** Ask the server again who is signed in; resolves to its answer. */
  refresh: () => Promise<Session>;
  signOut: () => Promise<void>;
}

export const SessionContext = createContext<SessionState | null>(null);

/** The session of this browser: `{session, has(right)}`. */
export function useSession(): SessionState {
  const state = useContext(SessionContext);
  if (!state) throw new Error("useSession stands outside SessionProvider");
  return state;
}

/** In the reader's language, out of a text in both. */
export function inLanguage(text: Both, language: string): string {
  return language === "zh-CN" ? text.zh : text.en;
}
