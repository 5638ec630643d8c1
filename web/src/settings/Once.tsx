import { useState } from "react";
import { useTranslation } from "react-i18next";

/** A secret that is shown this once, with a button that copies it. */
export function Once({ title, secret }: { title: string; secret: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <div className="done">
      <p className="strong">{title}</p>
      <p className="once">
        <code data-secret>{secret}</code>
        <button
          type="button"
          className="quiet small"
          onClick={() => void navigator.clipboard.writeText(secret).then(() => setCopied(true))}
        >
          {t(copied ? "settings.copied" : "settings.copy")}
        </button>
      </p>
      <p className="hint">{t("settings.once")}</p>
    </div>
  );
}
