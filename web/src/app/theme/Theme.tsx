import { ConfigProvider, theme as kit, type ThemeConfig } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  applyLook,
  fonts,
  type Look,
  type Palette,
  paletteOf,
  type Scheme,
  sizes,
  sizesOf,
  type TextScale,
  textScales,
} from "./tokens";

export type Choice = Scheme | "system";
const STORED = { choice: "tiexin.theme", easy: "tiexin.easy", scale: "tiexin.text" } as const;

interface Appearance {
  scheme: Scheme;
  choice: Choice;
  palette: Palette;
  choose: (choice: Choice) => void;
  /** Large type, few choices, strong contrast, read aloud. */
  easy: boolean;
  setEasy: (easy: boolean) => void;
  scale: TextScale;
  setScale: (scale: TextScale) => void;
}

const AppearanceContext = createContext<Appearance | null>(null);

/** The appearance in force: scheme, palette, and the way to change it. */
export function useAppearance(): Appearance {
  const value = useContext(AppearanceContext);
  if (!value) throw new Error("useAppearance stands outside Theme");
  return value;
}

function storedChoice(): Choice {
  const stored = localStorage.getItem(STORED.choice);
  return stored === "light" || stored === "dark" ? stored : "system";
}

function storedScale(): TextScale {
  const stored = localStorage.getItem(STORED.scale);
  return stored !== null && Object.hasOwn(textScales, stored) ? (stored as TextScale) : "usual";
}

function useSystemScheme(): Scheme {
  const query = useMemo(() => window.matchMedia("(prefers-color-scheme: dark)"), []);
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const follow = (event: MediaQueryListEvent) => setDark(event.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, [query]);
  return dark ? "dark" : "light";
}

function useReducedMotion(): boolean {
  return useMemo(() => window.matchMedia("(prefers-reduced-motion: reduce)").matches, []);
}

/** What was chosen, remembered by this browser. */
function useChoices() {
  const [choice, setChoice] = useState<Choice>(storedChoice);
  const [easy, setEasy] = useState(() => localStorage.getItem(STORED.easy) === "1");
  const [scale, setScale] = useState<TextScale>(storedScale);
  const actions = useMemo(
    () => ({
      choose: (next: Choice) => {
        localStorage.setItem(STORED.choice, next);
        setChoice(next);
      },
      setEasy: (next: boolean) => {
        localStorage.setItem(STORED.easy, next ? "1" : "0");
        setEasy(next);
      },
      setScale: (next: TextScale) => {
        localStorage.setItem(STORED.scale, next);
        setScale(next);
      },
    }),
    [],
  );
  return { choice, easy, scale, ...actions };
}

function kitTheme(look: Look, reduced: boolean): ThemeConfig {
  const palette = paletteOf(look);
  const { small, target } = sizesOf(look);
  return {
    algorithm: look.scheme === "dark" ? kit.darkAlgorithm : kit.defaultAlgorithm,
    token: {
      colorPrimary: palette.accent,
      colorInfo: palette.accent,
      colorLink: palette.accent,
      colorTextBase: palette.text,
      colorBgBase: palette.ground,
      colorBgElevated: palette.raised,
      colorBorder: palette.lineStrong,
      colorBorderSecondary: palette.line,
      colorTextPlaceholder: palette.textSoft,
      colorTextDescription: palette.textSoft,
      fontFamily: fonts.text,
      fontSize: small,
      borderRadius: sizes.radius,
      motion: !reduced,
      motionDurationMid: `${sizes.motionMs}ms`,
      boxShadow: "none",
      controlHeight: target,
      ...(look.easy && { controlHeightSM: target }),
    },
  };
}

export function Theme({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const system = useSystemScheme();
  const reduced = useReducedMotion();
  const chosen = useChoices();
  const { choice, easy, scale } = chosen;
  const scheme = choice === "system" ? system : choice;
  const look = useMemo<Look>(() => ({ scheme, easy, scale }), [scheme, easy, scale]);
  useMemo(() => applyLook(look), [look]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the ways to choose never change, the look names the rest.
  const appearance = useMemo<Appearance>(() => ({ ...chosen, scheme, palette: paletteOf(look) }), [choice, look]);
  const theme = useMemo(() => kitTheme(look, reduced), [look, reduced]);

  return (
    <AppearanceContext.Provider value={appearance}>
      <ConfigProvider
        locale={i18n.language === "zh-CN" ? zhCN : enUS}
        button={{ autoInsertSpace: false }}
        theme={theme}
      >
        {children}
      </ConfigProvider>
    </AppearanceContext.Provider>
  );
}
