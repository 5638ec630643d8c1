import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client";

export interface Act {
  busy: boolean;
  error: unknown;
  /** What was done, in the reader's words; null before and after a failure. */
  done: ReactNode;
  /** Do something; true when it worked. What it returns is shown as done. */
  run: (act: () => Promise<ReactNode>) => Promise<boolean>;
  clear: () => void;
}

/** One thing at a time that somebody does: whether it runs, what came of it, why it failed. */
export function useAct(): Act {
  const [state, setState] = useState<{ busy: boolean; error: unknown; done: ReactNode }>({
    busy: false,
    error: null,
    done: null,
  });
  const run = async (act: () => Promise<ReactNode>) => {
    setState({ busy: true, error: null, done: null });
    try {
      const done = await act();
      setState({ busy: false, error: null, done });
      return true;
    } catch (error) {
      setState({ busy: false, error, done: null });
      return false;
    }
  };
  return { ...state, run, clear: () => setState({ busy: false, error: null, done: null }) };
}

/** What came of an act: done, or why not, and that nothing typed is lost. */
export function Outcome({ act }: { act: Act }) {
  const { t } = useTranslation();
  return (
    <div aria-live="polite">
      {act.done && <div className="done">{act.done}</div>}
      {act.error !== null && act.error !== undefined && (
        <div className="refusal" role="alert">
          <p>{t("shared.notDone")}</p>
          <Reason error={act.error} />
        </div>
      )}
    </div>
  );
}

/** Why the server refused: in the reader's language where the code is known, else in the server's own words. */
export function Reason({ error }: { error: unknown }) {
  const { t, i18n } = useTranslation();
  if (!(error instanceof ApiError) || error.status === 0) return <p>{t("shared.offlineDo")}</p>;
  const key = `shared.code.${error.code}`;
  if (i18n.exists(key)) return <p>{t(key)}</p>;
  return <p lang="en">{error.message}</p>;
}
