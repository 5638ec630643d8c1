import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../../access/session";
import { useReceipts } from "./api";
import { BundleAct, ReceiptActs } from "./ReceiptActs";
import "../log/log.css";

/** Below a contact: the receipt it has, if it has one. Contacts without one show nothing. */
export function ContactReceipt({ position, ofCase }: { position: number; ofCase: string | null }) {
  const { has } = useSession();
  if (!has("receipts:make")) return null;
  return <Receipts position={position} ofCase={ofCase} />;
}

function Receipts({ position, ofCase }: { position: number; ofCase: string | null }) {
  const { t } = useTranslation();
  const receipt = useReceipts({ position: String(position) }).data?.items[0];
  if (!receipt) return null;
  return (
    <section aria-labelledby="contact-receipt">
      <h2 id="contact-receipt">{t("receipts.title")}</h2>
      <p className="soft">{t(receipt.in_log ? "receipts.what" : "receipts.soon")}</p>
      <div className="row">
        {receipt.in_log && <ReceiptActs receipt={receipt} />}
        {ofCase && <BundleAct of={ofCase} />}
        <Link to={`/trust/trail?position=${position}`}>{t("receipts.trail")}</Link>
      </div>
    </section>
  );
}
