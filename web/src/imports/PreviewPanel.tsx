import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../shared/DataTable";
import { useFormat } from "../shared/format";
import type { Preview, Reject } from "./api";
import { useReason } from "./reason";

type Shown = Preview["events"][number];

/** What the first rows would become, and why some would not: told before anything is stored. */
export function PreviewPanel({ preview, busy }: { preview: Preview; busy: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = {
    read: format.whole(preview.read),
    accepted: format.whole(preview.accepted),
    rejected: format.whole(preview.rejected),
  };
  return (
    <div className={busy ? "preview busy" : "preview"}>
      <p className="strong">{t(`imports.preview.${preview.rejected ? "some" : "all"}`, words)}</p>
      {!preview.whole && <p className="soft">{t("imports.preview.part", words)}</p>}
      {preview.fault && (
        <div className="refusal" role="alert">
          <p>{t("imports.preview.fault")}</p>
          <p className="soft" lang="en">
            {preview.fault.detail}
          </p>
        </div>
      )}
      {preview.rejects.length > 0 && <Rejects rows={preview.rejects} />}
      {preview.events.length > 0 && <Events rows={preview.events} />}
    </div>
  );
}

function Rejects({ rows }: { rows: Reject[] }) {
  const { t } = useTranslation();
  const reason = useReason();
  const columns: Column<Reject>[] = [
    { key: "line", title: t("imports.rejects.line"), cell: (row) => row.line },
    { key: "reason", title: t("imports.rejects.reason"), cell: (row) => reason(row) },
    { key: "column", title: t("imports.mapping.column"), cell: (row) => row.column ?? "" },
    { key: "value", title: t("imports.rejects.value"), cell: (row) => <span className="cell">{row.value ?? ""}</span> },
  ];
  return (
    <>
      <h3 className="preview-head">{t("imports.preview.rejects")}</h3>
      <DataTable
        caption={t("imports.preview.rejects")}
        columns={columns}
        rows={rows}
        rowKey={(row) => `${row.line} ${row.reason} ${row.column ?? ""}`}
      />
    </>
  );
}

function Events({ rows }: { rows: Shown[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const text = (row: Shown, name: string) => {
    const value = row.event[name];
    return value === undefined || value === null ? "" : String(value);
  };
  const columns: Column<Shown>[] = [
    {
      key: "time",
      title: t("imports.role.time"),
      cell: (row) => format.moment(new Date(text(row, "time"))),
    },
    { key: "case", title: t("imports.role.case"), cell: (row) => text(row, "case") },
    { key: "step", title: t("imports.role.step"), cell: (row) => text(row, "step") },
    {
      key: "subject",
      title: t("imports.role.subject"),
      wide: true,
      cell: (row) => text(row, "subject").slice(0, 8),
    },
    {
      key: "data",
      title: t("imports.role.data"),
      cell: (row) => <code className="cell">{JSON.stringify(row.event.data)}</code>,
    },
  ];
  return (
    <>
      <h3 className="preview-head">{t("imports.preview.events")}</h3>
      <DataTable
        caption={t("imports.preview.events")}
        columns={columns}
        rows={rows}
        rowKey={(row) => `${row.line} ${text(row, "id")}`}
      />
    </>
  );
}
