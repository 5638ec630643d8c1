import { type ReactNode, useCallback, useId, useRef, useState } from "react";
import { useDismissal } from "../../shared/dismissal";
import { Icon, type IconName } from "../../shared/Icon";

interface Props {
  /** What the button says to those who cannot see it, or beside the drawing. */
  label: ReactNode;
  icon: IconName;
  /** Words beside the drawing on wide screens. */
  shown?: ReactNode;
  children: (close: () => void) => ReactNode;
}

/** A button that opens a small panel below it; closes with Escape, a choice, or a press anywhere else. */
export function Menu({ label, icon, shown, children }: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const dismiss = useCallback(() => setOpen(false), []);
  useDismissal(open, dismiss, box, button);
  return (
    <div className="menu" ref={box}>
      <button
        ref={button}
        type="button"
        className="icon"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <Icon name={icon} />
        <span className="unseen">{label}</span>
        {shown !== undefined && (
          <span className="only-wide" aria-hidden="true">
            {shown}
          </span>
        )}
      </button>
      <div id={id} className="menu-panel" hidden={!open}>
        {open && children(() => setOpen(false))}
      </div>
    </div>
  );
}
