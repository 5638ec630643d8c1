import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";

const supported = typeof window !== "undefined" && "speechSynthesis" in window;
/** Browsers cut off long utterances, so that each paragraph is one of its own. */
const PARTS = "h1, h2, h3, p, li, dt, dd, summary, figcaption";

/** Read the page aloud, and stop; where the browser cannot speak, there is no button. */
export function ReadAloud() {
  const { t, i18n } = useTranslation();
  const [speaking, setSpeaking] = useState(false);
  useEffect(() => () => stop(), []);
  if (!supported) return null;

  const start = () => {
    const parts = readable(document.getElementById("content"));
    if (parts.length === 0) return;
    window.speechSynthesis.cancel();
    parts.forEach((text, index) => {
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.lang = i18n.language;
      utterance.rate = 0.9;
      if (index === parts.length - 1) utterance.onend = () => setSpeaking(false);
      utterance.onerror = () => setSpeaking(false);
      window.speechSynthesis.speak(utterance);
    });
    setSpeaking(true);
  };
  return (
    <button
      type="button"
      className="big"
      aria-pressed={speaking}
      onClick={() => {
        if (speaking) {
          stop();
          setSpeaking(false);
        } else start();
      }}
    >
      <Icon name={speaking ? "stop" : "sound"} />
      <span>{t(speaking ? "shared.readStop" : "shared.readAloud")}</span>
    </button>
  );
}

function stop(): void {
  if (supported) window.speechSynthesis.cancel();
}

/** The texts of a page in their order, each once, without what is hidden. */
export function readable(root: HTMLElement | null): string[] {
  if (!root) return [];
  return [...root.querySelectorAll<HTMLElement>(PARTS)]
    .filter(
      (part) => part.parentElement?.closest(PARTS) === null && part.closest("[hidden], [aria-hidden=true]") === null,
    )
    .map((part) => part.innerText.replace(/\s+/g, " ").trim())
    .filter((text) => text !== "");
}
