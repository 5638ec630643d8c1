import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client";
import { Reason } from "../shared/acts";

export type SignInRefusal =
  | { kind: "refused" | "offline" | "server" | "said"; error: unknown }
  | { kind: "locked"; until: number };

/** What stands behind a failed way in. */
export function refusalOf(error: unknown): SignInRefusal {
  if (!(error instanceof ApiError) || error.status === 0) return { kind: "offline", error };
  if (error.status === 429) {
    const seconds = Number(error.problem.retry_after_seconds ?? 30);
    return { kind: "locked", until: Date.now() + Math.max(1, seconds) * 1000 };
  }
  if (error.status === 401) return { kind: "refused", error };
  return { kind: error.status < 500 ? "said" : "server", error };
}

interface Props {
  id: string;
  refusal: SignInRefusal | null;
  /** The waiting time of a lock-out is over. */
  over: () => void;
}

/** What happened and what to do now; a lock-out counts down and opens by itself. */
export function Refusal({ id, refusal, over }: Props) {
  const { t } = useTranslation();
  const left = useSecondsLeft(refusal?.kind === "locked" ? refusal.until : null, over);
  return (
    <div id={id} role="alert" className={refusal ? "refusal" : undefined}>
      {refusal?.kind === "locked" && (
        <p>
          {t("access.locked")}{" "}
          <span aria-live="off" className="figures">
            {left >= 60
              ? t("access.lockedMinutes", { count: Math.ceil(left / 60) })
              : t("access.lockedSeconds", { count: left })}
          </span>
        </p>
      )}
      {refusal && refusal.kind !== "locked" && (
        <>
          <p>{t(`access.refusal.${refusal.kind}`)}</p>
          {(refusal.kind === "said" || refusal.kind === "server") && <Reason error={refusal.error} />}
        </>
      )}
    </div>
  );
}

function useSecondsLeft(until: number | null, over: () => void): number {
  const [now, setNow] = useState(() => Date.now());
  const left = until === null ? 0 : Math.max(0, Math.ceil((until - now) / 1000));
  useEffect(() => {
    if (until === null) return;
    setNow(Date.now());
    const clock = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(clock);
  }, [until]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end is told once, when the time is up.
  useEffect(() => {
    if (until !== null && left === 0) over();
  }, [until, left]);
  return left;
}
