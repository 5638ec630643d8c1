import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { useFormat } from "../shared/format";
import { base64Of, Refusal } from "./engine/bytes";
import type { Trusted } from "./engine/check";
import { findEntry, type Pointer, pointerFrom } from "./engine/tiles";

/** What a scanned code names, read from the part of the address that never leaves the browser. */
export function usePointer(): Pointer | Refusal | null {
  const { hash } = useLocation();
  return useMemo(() => {
    try {
      return pointerFrom(hash);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }, [hash]);
}

async function fetched(path: string): Promise<Uint8Array> {
  const response = await fetch(`/log/${path}`, { credentials: "omit" }).catch(() => null);
  if (!response?.ok) throw new Refusal("link_offline");
  return new Uint8Array(await response.arrayBuffer());
}

type Found = { size: number } | Refusal;

/** Somebody scanned the code of a printed certificate: look the entry up in the public log, when asked to. */
export function LinkPanel({ pointer, trusted }: { pointer: Pointer | Refusal; trusted: Trusted }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<Found | null>(null);
  if (pointer instanceof Refusal) return <p className="refusal">{t("verify.why.link_form")}</p>;
  const number = format.whole(pointer.index + 1);
  const look = async () => {
    setBusy(true);
    try {
      setFound({ size: (await findEntry(pointer, trusted, fetched)).size });
    } catch (error) {
      setFound(error instanceof Refusal ? error : new Refusal("link_offline"));
    } finally {
      setBusy(false);
    }
  };
  const refused = found instanceof Refusal ? found : null;
  const settled = refused?.code === "link_absent" ? "bad" : "open";
  return (
    <section className={`verdict ${found && !refused ? "good" : refused ? settled : "open"}`} aria-label={number}>
      <p className="answer">{t("verify.link.title", { origin: pointer.origin, number })}</p>
      <div role="status">
        {found && !refused && (
          <p className="measure-width">
            <span className="verdict-mark good" aria-hidden="true">
              ✓
            </span>
            {t("verify.link.found", { number, size: format.whole("size" in found ? found.size : 0) })}
          </p>
        )}
        {refused && (
          <p className="measure-width">
            <span className={`verdict-mark ${settled}`} aria-hidden="true">
              {settled === "bad" ? "✕" : "?"}
            </span>
            {t(`verify.why.${refused.code}`, { ...refused.facts, number })}
          </p>
        )}
      </div>
      {(!found || (refused && settled === "open")) && (
        <>
          <p className="soft measure-width">{t("verify.link.what")}</p>
          <p className="row">
            <button
              type="button"
              className="main"
              disabled={busy || trusted.logs.length === 0}
              onClick={() => void look()}
            >
              {t(busy ? "verify.drop.busy" : "verify.link.look")}
            </button>
          </p>
        </>
      )}
      <p className="measure-width link-file">{t("verify.link.file")}</p>
      <details className="definition">
        <summary>{t("verify.steps.facts")}</summary>
        <p className="letters">{base64Of(pointer.entry)}</p>
      </details>
    </section>
  );
}
