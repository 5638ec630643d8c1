import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../shared/Icon";

const rows = ["search", "help", "next", "open", "find", "move", "zoom", "fit", "close"] as const;

/** The list of keys. */
export function Keys({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} className="small-dialog" aria-labelledby="keys-title" onClose={close}>
      {open && (
        <>
          <header>
            <h2 id="keys-title">{t("app.keys")}</h2>
            <button type="button" className="icon" onClick={close}>
              <Icon name="close" />
              <span className="unseen">{t("shared.close")}</span>
            </button>
          </header>
          <dl className="keys">
            {rows.map((row) => (
              <div key={row}>
                <dt>
                  <kbd>{t(`app.key.${row}.key`)}</kbd>
                </dt>
                <dd>{t(`app.key.${row}.does`)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </dialog>
  );
}
