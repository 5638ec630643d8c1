import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";

interface Props {
  title: ReactNode;
  open: boolean;
  close: () => void;
  children: ReactNode;
}

/** The right-hand panel for details and forms; the browser's own dialog keeps the focus and gives it back. */
export function SidePanel({ title, open, close, children }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const box = dialog.current;
    if (open && box && !box.open) box.showModal();
    if (!open) box?.close();
  }, [open]);
  return (
    <dialog ref={dialog} className="side-panel" aria-labelledby={id} onClose={close}>
      {open && (
        <>
          <header>
            <h2 id={id}>{title}</h2>
            <button type="button" className="icon" onClick={close}>
              <Icon name="close" />
              <span className="unseen">{t("shared.close")}</span>
            </button>
          </header>
          {children}
        </>
      )}
    </dialog>
  );
}
