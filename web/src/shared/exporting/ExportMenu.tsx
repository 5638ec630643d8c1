import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../access/session";
import { Reason } from "../acts";
import { Popup } from "../Popup";
import { type ExportTable, exportTable, notePicture } from "./exporting";

export type { ExportTable } from "./exporting";

type Way = "csv" | "xlsx" | "png";

interface Props {
  /** The stable name of what is taken out, in ASCII; it names the file and stands in the audit record. */
  name: string;
  /** What a reader calls it; for assistive technology. */
  title?: string;
  /** Makes the table with every row. */
  table?: () => ExportTable | Promise<ExportTable>;
  /** Saves the picture of the chart; the export has been recorded when it is called. */
  chart?: () => void | Promise<void>;
  /** For tables that the server writes by itself: fetches the file in a format. */
  file?: (format: "csv" | "xlsx") => Promise<void>;
}

type Told = { done: true } | { error: unknown } | null;
/** How long a word of success stands; it is no more than a receipt. */
const TOLD_MS = 8_000;

/** CSV and Excel of a table, PNG of a chart; every file passes the server, which checks and records it. */
export function ExportMenu({ name, title, table, chart, file }: Props) {
  const { t, i18n } = useTranslation();
  const { has } = useSession();
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useTold();
  if (!has("export")) return null;

  const take = async (way: Way) => {
    setBusy(true);
    setTold(null);
    try {
      if (way === "png") {
        await notePicture(name);
        await chart?.();
      } else if (file) await file(way);
      else if (table) await exportTable(name, way, await table(), i18n.language);
      setTold({ done: true });
    } catch (error) {
      setTold({ error });
    } finally {
      setBusy(false);
    }
  };

  const ways: Way[] = [...(table || file ? (["csv", "xlsx"] as const) : []), ...(chart ? (["png"] as const) : [])];
  return (
    <div className="export">
      <Popup
        words={t(busy ? "exporting.busy" : "exporting.menu")}
        label={title && !busy ? t("exporting.menuOf", { name: title }) : undefined}
        busy={busy}
        mark={name}
      >
        {(close) => (
          <ul className="popup-ways">
            {ways.map((way) => (
              <li key={way}>
                <button
                  type="button"
                  onClick={() => {
                    close();
                    void take(way);
                  }}
                >
                  {t(`exporting.${way}`)}
                </button>
              </li>
            ))}
          </ul>
        )}
      </Popup>
      <Receipt told={told} />
    </div>
  );
}

/** What came of the export; a failure stands until the next try. */
function Receipt({ told }: { told: Told }) {
  const { t } = useTranslation();
  return (
    <div className="export-told" aria-live="polite">
      {told && "done" in told && <p className="soft">{t("exporting.done")}</p>}
      {told && "error" in told && (
        <div role="alert">
          <p>{t("exporting.failed")}</p>
          <Reason error={told.error} />
          <p className="soft">{t("exporting.kept")}</p>
        </div>
      )}
    </div>
  );
}

function useTold(): [Told, (told: Told) => void] {
  const [told, setTold] = useState<Told>(null);
  useEffect(() => {
    if (!told || !("done" in told)) return;
    const timer = setTimeout(() => setTold(null), TOLD_MS);
    return () => clearTimeout(timer);
  }, [told]);
  return [told, setTold];
}
