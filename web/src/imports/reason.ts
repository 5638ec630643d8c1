import { useTranslation } from "react-i18next";
import type { Reject } from "./api";

/** Why a row was rejected, in the reader's language; the server sends it in both. */
export function useReason(): (row: Pick<Reject, "zh" | "en">) => string {
  const { i18n } = useTranslation();
  return (row) => (i18n.language === "zh-CN" ? row.zh : row.en);
}
