import { useTranslation } from "react-i18next";
import { Outcome, useAct } from "../../shared/acts";
import { exportAddress } from "../../shared/exporting/exporting";
import { type Receipt, STAFF } from "./api";

interface Props {
  receipt: Receipt;
  /** Where the files are made: for staff, or for the customer who is signed in. */
  base?: string;
  /** Large buttons with full words, for customers. */
  big?: boolean;
}

/** Two files of one event: the certificate to read and keep, and the receipt for programs. */
export function ReceiptActs({ receipt, base = STAFF, big = false }: Props) {
  const { t } = useTranslation();
  const act = useAct();
  const save = (part: "certificate" | "proof", name: string) =>
    act.run(async () => {
      await exportAddress(`${base}/${receipt.position}/${part}`, name);
      return t("receipts.saved");
    });
  return (
    <>
      <div className="receipt-acts">
        <button
          type="button"
          className={big ? "big" : "quiet small"}
          disabled={act.busy}
          onClick={() => void save("certificate", `receipt-${receipt.index}.pdf`)}
        >
          {t("receipts.certificate")}
        </button>
        <button
          type="button"
          className={big ? "quiet" : "quiet small"}
          disabled={act.busy}
          onClick={() => void save("proof", `receipt-${receipt.index}.tlog-proof`)}
        >
          {t("receipts.proof")}
        </button>
      </div>
      <Outcome act={act} />
    </>
  );
}

/** All papers of a case in one file, for a mediator or a court. */
export function BundleAct({ of }: { of: string }) {
  const { t } = useTranslation();
  const act = useAct();
  const save = () =>
    act.run(async () => {
      await exportAddress(`/v1/trust/cases/${encodeURIComponent(of)}/bundle`, "evidence.zip");
      return t("receipts.saved");
    });
  return (
    <>
      <button type="button" className="quiet small" disabled={act.busy} onClick={() => void save()}>
        {t("receipts.bundle")}
      </button>
      <Outcome act={act} />
    </>
  );
}
