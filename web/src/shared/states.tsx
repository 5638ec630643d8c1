import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client";

/** Grey lines in the place of what is on its way; announced once to assistive technology. */
export function Loading({ lines = 4, height }: { lines?: number; height?: number }) {
  const { t } = useTranslation();
  return (
    <div className="loading" role="status" aria-live="polite" style={{ minHeight: height }}>
      <span className="unseen">{t("shared.loading")}</span>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move.
        <span key={index} className="loading-line" style={{ width: `${92 - ((index * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

/** What happened, what was kept, what to do now. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const known = error instanceof ApiError ? error : null;
  const offline = known === null || known.status === 0;
  return (
    <div className="note" role="alert">
      <p className="strong">{offline ? t("shared.offline") : t("shared.failed")}</p>
      <p>{offline ? t("shared.offlineDo") : t(`shared.problem.${sortOf(known.status)}`)}</p>
      {known && known.status > 0 && (
        <p className="soft" lang="en">
          {t("shared.problem.said", { words: known.message })}
        </p>
      )}
      <p className="soft">{t("shared.kept")}</p>
      {retry && <Button onClick={retry}>{t("shared.retry")}</Button>}
    </div>
  );
}

function sortOf(status: number): "refused" | "absent" | "input" | "server" {
  if (status === 401 || status === 403) return "refused";
  if (status === 404) return "absent";
  return status < 500 ? "input" : "server";
}

/** An empty place that teaches. */
export function Empty({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="note">
      <p className="strong">{title}</p>
      {children}
    </div>
  );
}
