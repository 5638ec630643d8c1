import { Button, Modal, Segmented } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Outlet, useLocation } from "react-router";
import { useAddress } from "../shared/address";
import { useHotkey } from "../shared/keys";
import { applyLanguage, type Language } from "./i18n";
import { type Choice, useAppearance } from "./theme/Theme";

const sections = ["quality", "journey", "bottlenecks", "variants", "rework"] as const;

/** What stands around every page: the places on the left, language and appearance above. */
export function Frame() {
  const { t } = useTranslation();
  const [keys, setKeys] = useState(false);
  useHotkey("?", () => setKeys(true));
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {t("app.skip")}
      </a>
      <header className="top">
        <Link to="/" className="mark">
          <span className="mark-zh" lang="zh-CN">
            贴心
          </span>
          <span className="mark-latin">Tiexin</span>
          <span className="unseen">{t("app.home")}</span>
        </Link>
        <Places />
        <Controls showKeys={() => setKeys(true)} />
      </header>
      <Outlet />
      <Keys open={keys} close={() => setKeys(false)} />
    </div>
  );
}

/** The places of this page; further places join as they are built, and only those a role may use. */
function Places() {
  const { t } = useTranslation();
  const { search } = useLocation();
  return (
    <nav className="places" aria-label={t("app.places")}>
      <Link to={{ pathname: "/", search }} className="place here" aria-current="page">
        {t("app.overview")}
      </Link>
      <ul>
        {sections.map((section) => (
          <li key={section}>
            <a href={`#${section}`}>{t(`app.section.${section}`)}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Controls({ showKeys }: { showKeys: () => void }) {
  const { t, i18n } = useTranslation();
  const { params, change } = useAddress();
  const { choice, choose } = useAppearance();
  const asked = params.get("lang");
  useEffect(() => {
    if ((asked === "zh-CN" || asked === "en") && asked !== i18n.language) applyLanguage(asked);
  }, [asked, i18n.language]);
  return (
    <div className="controls">
      <Segmented<Language>
        size="small"
        aria-label={t("app.language")}
        value={i18n.language as Language}
        options={[
          { value: "zh-CN", label: <span lang="zh-CN">中文</span> },
          { value: "en", label: <span lang="en">English</span> },
        ]}
        onChange={(language) => {
          change({ lang: language });
          applyLanguage(language);
        }}
      />
      <Segmented<Choice>
        size="small"
        aria-label={t("app.appearance")}
        value={choice}
        options={(["system", "light", "dark"] as const).map((value) => ({ value, label: t(`app.theme.${value}`) }))}
        onChange={choose}
      />
      <Button size="small" type="text" onClick={showKeys} aria-keyshortcuts="?">
        {t("app.keys")}
      </Button>
    </div>
  );
}

function Keys({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  const rows = ["find", "help", "move", "zoom", "fit", "close"] as const;
  return (
    <Modal
      open={open}
      onCancel={close}
      footer={null}
      title={t("app.keys")}
      closable={{ "aria-label": t("shared.close") }}
    >
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
    </Modal>
  );
}
