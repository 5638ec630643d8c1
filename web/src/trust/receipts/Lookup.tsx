import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ApiError } from "../../api/client";
import { useAddress } from "../../shared/address";
import { Empty, Failure, Loading } from "../../shared/states";
import { type Sought, useReceipts } from "./api";
import { BundleAct } from "./ReceiptActs";
import { ReceiptLine } from "./ReceiptLine";

const ways = ["case", "event", "position"] as const;
type Way = (typeof ways)[number];

function soughtOf(params: URLSearchParams): [Way, string] | null {
  const way = ways.find((one) => params.get(one));
  const value = way && params.get(way);
  return value ? [way, value] : null;
}

/** Find the receipts of a case or of one event; what was asked for stands in the address. */
export function Lookup() {
  const { t } = useTranslation();
  const id = useId();
  const { params, change } = useAddress();
  const sought = soughtOf(params);
  const [way, setWay] = useState<Way>(sought?.[0] ?? "case");
  const [value, setValue] = useState(sought?.[1] ?? "");
  const find = () => {
    const none = Object.fromEntries(ways.map((one) => [one, null]));
    change({ ...none, [way]: value.trim() || null });
  };
  return (
    <section className="section" aria-labelledby={`${id}-title`}>
      <header className="section-head">
        <div>
          <h2 id={`${id}-title`}>{t("receipts.lookup.title")}</h2>
          <p className="soft measure-width">{t("receipts.lookup.what")}</p>
        </div>
      </header>
      <form
        className="lookup-form"
        onSubmit={(event) => {
          event.preventDefault();
          find();
        }}
      >
        <div className="field">
          <label htmlFor={`${id}-way`}>{t("receipts.lookup.by")}</label>
          <select
            id={`${id}-way`}
            value={way}
            onChange={(event) => setWay(ways.find((one) => one === event.target.value) ?? "case")}
          >
            {ways.map((one) => (
              <option key={one} value={one}>
                {t(`receipts.lookup.way.${one}`)}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${id}-value`}>{t(`receipts.lookup.way.${way}`)}</label>
          <input
            id={`${id}-value`}
            type="search"
            value={value}
            maxLength={200}
            inputMode={way === "position" ? "numeric" : undefined}
            autoComplete="off"
            onChange={(event) => setValue(event.currentTarget.value)}
          />
        </div>
        <button type="submit" className="main" disabled={value.trim() === ""}>
          {t("receipts.lookup.find")}
        </button>
      </form>
      {sought && <Found way={sought[0]} value={sought[1]} />}
    </section>
  );
}

function Found({ way, value }: { way: Way; value: string }) {
  const { t } = useTranslation();
  const found = useReceipts({ [way]: value } as Sought);
  const absent = found.error instanceof ApiError && found.error.status === 404;
  if (found.isError && !absent) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.isLoading) return <Loading lines={3} />;
  const items = found.data?.items ?? [];
  if (items.length === 0) {
    return (
      <Empty title={t("receipts.lookup.none")}>
        <p className="soft measure-width">{t("receipts.lookup.noneDo")}</p>
      </Empty>
    );
  }
  return (
    <div aria-live="polite">
      <ol>
        {items.map((receipt) => (
          <ReceiptLine key={receipt.position} receipt={receipt} />
        ))}
      </ol>
      {way === "case" && (
        <div className="row">
          <BundleAct of={value} />
          <Link to={`/trust/trail?${new URLSearchParams({ case: value })}`}>{t("receipts.trailOfCase")}</Link>
        </div>
      )}
    </div>
  );
}
