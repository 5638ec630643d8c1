import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { inLanguage } from "../../access/session";
import { useFormat } from "../../shared/format";
import { OWN, type Receipt, useOwnReceipts } from "./api";
import { ReceiptActs } from "./ReceiptActs";
import "../log/log.css";

const FIRST = 3;
/** Sorts of receipts behind which there may be a decision with its reasons. */
const DECIDED = new Set(["decision", "advice"]);

/** A customer's own receipts: what one has in hand if something is disputed later. Without any, nothing is shown. */
export function OwnReceipts() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const [all, setAll] = useState(false);
  /** As somebody would tell it to the customer; the sort of receipt where there are no such words. */
  const told = ({ type, kind_text }: Receipt) => {
    const key = `mine.kind.${type.replace(/\.v\d+$/, "").replace(".", "_")}`;
    return i18n.exists(key) ? t(key) : inLanguage(kind_text, i18n.language);
  };
  const items = useOwnReceipts(true).data?.items.filter((one) => one.in_log) ?? [];
  if (items.length === 0) return null;
  const shown = all ? items : items.slice(0, FIRST);
  return (
    <section className="block-section" aria-labelledby="own-receipts">
      <h2 id="own-receipts">{t("receipts.own.title")}</h2>
      <p>{t("receipts.own.what")}</p>
      <ol className="own-contacts">
        {shown.map((receipt) => (
          <li key={receipt.position}>
            <p className="soft">{format.day(new Date(receipt.time))}</p>
            <p>{told(receipt)}</p>
            <ReceiptActs receipt={receipt} base={OWN} big />
            {DECIDED.has(receipt.kind) && (
              <p>
                <Link to={`/trust/trail?position=${receipt.position}`}>{t("receipts.own.trail")}</Link>
              </p>
            )}
          </li>
        ))}
      </ol>
      {items.length > FIRST && !all && (
        <p className="row">
          <button type="button" className="big" onClick={() => setAll(true)}>
            {t("receipts.own.more")}
          </button>
        </p>
      )}
      <p className="row">
        <Link to="/verify">{t("receipts.own.check")}</Link>
      </p>
    </section>
  );
}
