import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { inLanguage } from "../../access/session";
import { useFormat } from "../../shared/format";
import { useNames } from "../../shared/names";
import type { Receipt } from "./api";
import { ReceiptActs } from "./ReceiptActs";

/** One event that has a receipt: what it was, its place in the log, its files, how it came about. */
export function ReceiptLine({ receipt }: { receipt: Receipt }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const name = useNames();
  return (
    <li className="receipt-line">
      <div>
        <p className="strong">{name("kind", receipt.type.replace(/\.v\d+$/, ""))}</p>
        <p className="soft">
          {inLanguage(receipt.kind_text, i18n.language)} · {format.moment(new Date(receipt.time))} ·{" "}
          {t("receipts.place", { number: format.whole(receipt.index + 1) })}
        </p>
        {!receipt.in_log && <p className="soft">{t("receipts.soon")}</p>}
        <p className="soft">
          <Link to={`/trust/trail?position=${receipt.position}`}>{t("receipts.trail")}</Link>
        </p>
      </div>
      {receipt.in_log && (
        <div>
          <ReceiptActs receipt={receipt} />
        </div>
      )}
    </li>
  );
}
