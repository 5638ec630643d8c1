import i18next, { type i18n as I18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { texts as access } from "../../access/texts";
import { texts as contacts } from "../../contacts/texts";
import { texts as figures } from "../../figures/texts";
import { texts as imports } from "../../imports/texts";
import { texts as jobs } from "../../jobs/texts";
import { texts as journeyPages } from "../../journeys/pages/texts";
import { texts as journeyMap } from "../../journeys/stages/texts";
import { texts as journeys } from "../../journeys/texts";
import { texts as mine } from "../../mine/texts";
import { texts as quality } from "../../quality/texts";
import { texts as settings } from "../../settings/texts";
import { texts as exporting } from "../../shared/exporting/texts";
import { texts as shared } from "../../shared/texts";
import { texts as views } from "../../shared/views/texts";
import { texts as trustLog } from "../../trust/log/texts";
import { texts as receipts } from "../../trust/receipts/texts";
import { texts as trust } from "../../trust/texts";
import { texts as truth } from "../../truth/texts";
import { texts as verify } from "../../verify/texts";
import { texts as walks } from "../../walks/texts";
import { texts as app } from "../texts";

export const languages = ["zh-CN", "en"] as const;
export type Language = (typeof languages)[number];
const STORED = "tiexin.language";

/** The texts of every part, one line each. */
const parts = {
  app,
  access,
  shared,
  exporting,
  views,
  settings,
  quality,
  contacts,
  journeys,
  figures,
  mine,
  trust,
  trustLog,
  receipts,
  truth,
  verify,
  journeyPages,
  journeyMap,
  walks,
  imports,
  jobs,
};

type Part = keyof typeof parts;
const inOne = <L extends Language>(language: L) =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part[language]])) as {
    [P in Part]: (typeof parts)[P][L];
  };

export const resources = { "zh-CN": inOne("zh-CN"), en: inOne("en") } as const;

function known(value: string | null | undefined): Language | null {
  if (!value) return null;
  return value.toLowerCase().startsWith("zh") ? "zh-CN" : value.toLowerCase().startsWith("en") ? "en" : null;
}

/** The address decides, then the last choice, then the browser; English is the fallback for everybody else. */
export function initialLanguage(): Language {
  const asked = known(new URLSearchParams(window.location.search).get("lang"));
  const stored = known(localStorage.getItem(STORED));
  const browser = navigator.languages.map(known).find((language) => language !== null);
  return asked ?? stored ?? browser ?? "en";
}

/** Remember and apply a language; the caller keeps the address in step. */
export function applyLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
  void i18next.changeLanguage(language);
}

export function startI18n(language: Language = initialLanguage()): I18n {
  const show = (now: string) => {
    document.documentElement.lang = now;
  };
  i18next.on("languageChanged", show);
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    supportedLngs: [...languages],
    resources: {
      "zh-CN": { translation: resources["zh-CN"] },
      en: { translation: resources.en },
    },
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
  });
  return i18next;
}
