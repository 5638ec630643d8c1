import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { keepPreference } from "../../access/preferences";
import { inLanguage, useSession } from "../../access/session";
import { JobsTray } from "../../jobs/JobsTray";
import { useAddress } from "../../shared/address";
import { Icon } from "../../shared/Icon";
import { applyLanguage, type Language } from "../i18n";
import { type Choice, useAppearance } from "../theme/Theme";
import { Menu } from "./Menu";

/** Language, easy mode, appearance, and who am I. */
export function Tools({ showKeys }: { showKeys: () => void }) {
  return (
    <div className="controls">
      <JobsTray />
      <LanguageButton />
      <EasyButton />
      <AppearanceMenu />
      <PersonMenu showKeys={showKeys} />
    </div>
  );
}

/** Leads to the other language, named in that language. */
export function LanguageButton() {
  const { i18n } = useTranslation();
  const { params, change } = useAddress();
  const asked = params.get("lang");
  const other: Language = i18n.language === "zh-CN" ? "en" : "zh-CN";
  useEffect(() => {
    if ((asked === "zh-CN" || asked === "en") && asked !== i18n.language) applyLanguage(asked);
  }, [asked, i18n.language]);
  return (
    <button
      type="button"
      className="icon"
      lang={other}
      onClick={() => {
        change({ lang: other });
        applyLanguage(other);
        keepPreference({ language: other });
      }}
    >
      {other === "en" ? "English" : "中文"}
    </button>
  );
}

export function EasyButton() {
  const { t } = useTranslation();
  const { easy, setEasy } = useAppearance();
  return (
    <button
      type="button"
      className="icon"
      aria-pressed={easy}
      onClick={() => {
        setEasy(!easy);
        keepPreference({ easy_mode: !easy });
      }}
    >
      <Icon name="letters" />
      <span className="unseen">{t("app.easy")}</span>
      <span className="only-wide" aria-hidden="true">
        {t("app.easy")}
      </span>
    </button>
  );
}

function AppearanceMenu() {
  const { t } = useTranslation();
  const { choice, choose, scheme } = useAppearance();
  return (
    <Menu label={t("app.appearance")} icon={scheme === "dark" ? "moon" : "sun"}>
      {(close) => (
        <fieldset className="choices">
          <legend>{t("app.appearance")}</legend>
          {(["system", "light", "dark"] as const).map((value: Choice) => (
            <label key={value}>
              <input
                type="radio"
                name="appearance"
                checked={choice === value}
                onChange={() => {
                  choose(value);
                  keepPreference({ appearance: value === "system" ? null : value });
                  close();
                }}
              />
              {t(`app.theme.${value}`)}
            </label>
          ))}
        </fieldset>
      )}
    </Menu>
  );
}

function PersonMenu({ showKeys }: { showKeys: () => void }) {
  const { t, i18n } = useTranslation();
  const { session, signOut } = useSession();
  const user = session.user;
  if (!user) return null;
  const unit = user.unit_name ? inLanguage(user.unit_name, i18n.language) : user.unit;
  return (
    <Menu label={t("app.person", { name: user.display_name })} icon="person" shown={user.display_name}>
      {(close) => (
        <div className="person">
          <p className="strong">{user.display_name}</p>
          <p className="soft">
            {t(`access.role.${user.role}`)}
            {unit && ` · ${unit}`}
          </p>
          <ul>
            <li>
              <Link to="/account" onClick={close}>
                {t("app.page.account")}
              </Link>
            </li>
            <li className="only-keyboard">
              <button
                type="button"
                onClick={() => {
                  close();
                  showKeys();
                }}
              >
                {t("app.keys")}
              </button>
            </li>
            <li>
              <button type="button" onClick={() => void signOut()}>
                {t("access.signOut")}
              </button>
            </li>
          </ul>
        </div>
      )}
    </Menu>
  );
}
