import { Button, Dropdown, message as messages } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../access/session";
import { ApiError } from "../../api/client";
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

/** CSV and Excel of a table, PNG of a chart; every file passes the server, which checks and records it. */
export function ExportMenu({ name, title, table, chart, file }: Props) {
  const { t, i18n } = useTranslation();
  const { has } = useSession();
  const [message, holder] = messages.useMessage();
  const [busy, setBusy] = useState(false);
  if (!has("export")) return null;

  const take = async (way: Way) => {
    setBusy(true);
    try {
      if (way === "png") {
        await notePicture(name);
        await chart?.();
      } else if (file) await file(way);
      else if (table) await exportTable(name, way, await table(), i18n.language);
      message.success(t("exporting.done"));
    } catch (error) {
      const said = error instanceof ApiError && error.status > 0 ? error.message : t("shared.offline");
      message.error(
        <span>
          {t("exporting.failed")} <span lang="en">{said}</span> {t("exporting.kept")}
        </span>,
        8,
      );
    } finally {
      setBusy(false);
    }
  };

  const ways: Way[] = [...(table || file ? (["csv", "xlsx"] as const) : []), ...(chart ? (["png"] as const) : [])];
  return (
    <>
      {holder}
      <Dropdown
        trigger={["click"]}
        menu={{
          items: ways.map((way) => ({ key: way, label: t(`exporting.${way}`) })),
          onClick: ({ key }) => void take(key as Way),
        }}
      >
        <Button
          size="small"
          type="text"
          loading={busy}
          aria-haspopup="menu"
          aria-label={title ? t("exporting.menuOf", { name: title }) : undefined}
          data-export={name}
        >
          {busy ? t("exporting.busy") : t("exporting.menu")}
        </Button>
      </Dropdown>
    </>
  );
}
