import { useTranslation } from "react-i18next";
import { keepPreference } from "../access/preferences";
import { applyLanguage, languages } from "../app/i18n";
import { useAppearance } from "../app/theme/Theme";
import { type TextScale, textScales } from "../app/theme/tokens";
import { useAddress } from "../shared/address";

const languageNames = { "zh-CN": "中文", en: "English" } as const;

/** Language, light or dark, text size, easy mode: how this place suits the reader. */
export default function AppearanceTab() {
  const { t } = useTranslation();
  return (
    <>
      <p className="answer">{t("settings.appearance.answer")}</p>
      <Looks />
      <p className="soft measure-width">{t("settings.appearance.kept")}</p>
    </>
  );
}

/** The same choices stand in "my account". */
export function Looks() {
  const { t, i18n } = useTranslation();
  const { change } = useAddress();
  const { choice, choose, easy, setEasy, scale, setScale } = useAppearance();
  return (
    <div className="looks">
      <Choices
        name="language"
        legend={t("app.language")}
        value={i18n.language}
        options={languages.map((one) => [
          one,
          <span key={one} lang={one}>
            {languageNames[one]}
          </span>,
        ])}
        choose={(one) => {
          change({ lang: null });
          applyLanguage(one);
          keepPreference({ language: one });
        }}
      />
      <Choices
        name="scheme"
        legend={t("app.appearance")}
        value={choice}
        options={(["system", "light", "dark"] as const).map((one) => [one, t(`app.theme.${one}`)])}
        choose={(one) => {
          choose(one);
          keepPreference({ appearance: one === "system" ? null : one });
        }}
      />
      <Choices
        name="size"
        legend={t("settings.appearance.size")}
        value={scale}
        options={(Object.keys(textScales) as TextScale[]).map((one) => [one, t(`settings.appearance.sizes.${one}`)])}
        choose={setScale}
      />
      <fieldset className="choices">
        <legend>{t("app.easy")}</legend>
        <label>
          <input
            type="checkbox"
            checked={easy}
            onChange={(event) => {
              setEasy(event.target.checked);
              keepPreference({ easy_mode: event.target.checked });
            }}
          />
          {t("settings.appearance.easy")}
        </label>
        <p className="hint measure-width">{t("settings.appearance.easyAbout")}</p>
      </fieldset>
    </div>
  );
}

interface ChoicesProps<Value extends string> {
  name: string;
  legend: string;
  value: string;
  options: [Value, React.ReactNode][];
  choose: (value: Value) => void;
}

function Choices<Value extends string>({ name, legend, value, options, choose }: ChoicesProps<Value>) {
  return (
    <fieldset className="choices">
      <legend>{legend}</legend>
      {options.map(([one, label]) => (
        <label key={one}>
          <input type="radio" name={`look-${name}`} checked={value === one} onChange={() => choose(one)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
