import { ConfigProvider, theme as kit } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { applyPalette, fonts, type Palette, palettes, type Scheme, sizes } from "./tokens";

export type Choice = Scheme | "system";
const STORED = "tiexin.theme";

interface Appearance {
  scheme: Scheme;
  choice: Choice;
  palette: Palette;
  choose: (choice: Choice) => void;
}

const AppearanceContext = createContext<Appearance | null>(null);

/** The appearance in force: scheme, palette, and the way to change it. */
export function useAppearance(): Appearance {
  const value = useContext(AppearanceContext);
  if (!value) throw new Error("useAppearance stands outside Theme");
  return value;
}

function storedChoice(): Choice {
  const stored = localStorage.getItem(STORED);
  return stored === "light" || stored === "dark" ? stored : "system";
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

export function Theme({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const system = useSystemScheme();
  const reduced = useReducedMotion();
  const [choice, setChoice] = useState<Choice>(storedChoice);
  const scheme = choice === "system" ? system : choice;
  const palette = palettes[scheme];
  useMemo(() => applyPalette(scheme), [scheme]);

  const appearance = useMemo<Appearance>(
    () => ({
      scheme,
      choice,
      palette,
      choose: (next) => {
        localStorage.setItem(STORED, next);
        setChoice(next);
      },
    }),
    [scheme, choice, palette],
  );

  return (
    <AppearanceContext.Provider value={appearance}>
      <ConfigProvider
        locale={i18n.language === "zh-CN" ? zhCN : enUS}
        button={{ autoInsertSpace: false }}
        theme={{
          algorithm: scheme === "dark" ? kit.darkAlgorithm : kit.defaultAlgorithm,
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
            fontSize: sizes.small,
            borderRadius: sizes.radius,
            motion: !reduced,
            motionDurationMid: `${sizes.motionMs}ms`,
            boxShadow: "none",
            controlHeight: 32,
          },
        }}
      >
        {children}
      </ConfigProvider>
    </AppearanceContext.Provider>
  );
}
