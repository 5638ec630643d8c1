import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Outcome, useAct } from "../shared/acts";
import { type Column, DataTable } from "../shared/DataTable";
import { useFormat } from "../shared/format";
import { removeUpload, type Upload, useImports, useUploads } from "./api";
import { dropDraft } from "./plan";

/** Files that were sent in and not imported yet: go on where one stopped, or remove one. */
export function Waiting() {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const uploads = useUploads();
  const imports = useImports();
  const act = useAct();
  const used = new Set((imports.data?.imports ?? []).map((job) => job.about.upload));
  const rows = imports.data ? (uploads.data?.uploads ?? []).filter((upload) => !used.has(upload.id)) : [];
  if (!rows.length) return <Outcome act={act} />;
  const remove = (upload: Upload) =>
    act.run(async () => {
      await removeUpload(upload.id);
      dropDraft(upload.id);
      await queries.invalidateQueries({ queryKey: ["imports", "uploads"] });
      return t("imports.waiting.removed", { name: upload.name });
    });
  const columns: Column<Upload>[] = [
    {
      key: "name",
      title: t("imports.list.file"),
      cell: (upload) => <Link to={`/imports?upload=${upload.id}`}>{upload.name}</Link>,
    },
    {
      key: "until",
      title: t("imports.waiting.until"),
      wide: true,
      cell: (upload) => format.day(new Date(upload.expires)),
    },
    {
      key: "act",
      title: t("imports.waiting.act"),
      cell: (upload) => (
        <button
          type="button"
          className="quiet small"
          aria-label={t("imports.waiting.removeOne", { name: upload.name })}
          disabled={act.busy}
          onClick={() => void remove(upload)}
        >
          {t("imports.waiting.remove")}
        </button>
      ),
    },
  ];
  return (
    <section className="block-section">
      <h2>{t("imports.waiting.title")}</h2>
      <DataTable caption={t("imports.waiting.title")} columns={columns} rows={rows} rowKey={(upload) => upload.id} />
      <Outcome act={act} />
    </section>
  );
}
