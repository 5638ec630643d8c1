import { type ReactNode, useCallback, useId, useRef, useState } from "react";
import { useDismissal } from "./dismissal";
import "./popup.css";

interface Props {
  /** The words on the button. */
  words: ReactNode;
  /** The name of the button where its words alone do not say what it is for. */
  label?: string;
  busy?: boolean;
  /** Marks the button for tests and styles. */
  mark?: string;
  children: (close: () => void) => ReactNode;
}

/** The widest panel in pixels. */
const PANEL_MAX = 336;

/** How many pixels a panel may grow to the left of a button's right edge before it leaves the page or its drawer. */
function roomToTheLeft(button: HTMLElement | null): number {
  const around = button?.closest(".ant-drawer-body, dialog, main");
  return (button?.getBoundingClientRect().right ?? 0) - (around?.getBoundingClientRect().left ?? 0);
}

/** A quiet button with a small panel below it; closes with Escape, or a press or focus anywhere else. */
export function Popup({ words, label, busy, mark, children }: Props) {
  const [open, setOpen] = useState(false);
  const [rightwards, setRightwards] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const dismiss = useCallback(() => setOpen(false), []);
  useDismissal(open, dismiss, box, button);
  const toggle = () => {
    setRightwards(roomToTheLeft(button.current) < PANEL_MAX);
    setOpen(!open);
  };
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div className="popup" ref={box}>
      <button
        ref={button}
        type="button"
        className="popup-button"
        aria-label={label}
        aria-expanded={open}
        aria-controls={id}
        aria-busy={busy}
        disabled={busy}
        data-export={mark}
        onClick={toggle}
      >
        {words}
      </button>
      <div id={id} className={rightwards ? "popup-panel rightwards" : "popup-panel"} hidden={!open}>
        {open && children(close)}
      </div>
    </div>
  );
}
