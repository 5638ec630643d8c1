import { useTranslation } from "react-i18next";

/** Keys that resist quantum computers take two thousand signs; more than this is shown only when asked for. */
const SHORT = 200;
const BEGINNING = 80;

/** A verifier key to compare letter by letter. */
export function LongKey({ written }: { written: string }) {
  const { t } = useTranslation();
  if (written.length <= SHORT) return <code>{written}</code>;
  return (
    <details className="definition">
      <summary>
        <code>{written.slice(0, BEGINNING)}…</code> <span className="unseen">{t("trustLog.keys.whole")}</span>
      </summary>
      <code>{written}</code>
    </details>
  );
}
