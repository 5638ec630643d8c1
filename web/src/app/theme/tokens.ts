/**
 * Every colour, size and space of the console, in one place; CSS variables, the component kit and the charts all read
 * it. One accent (cinnabar), one neutral ramp, one hue a measure. Contrast on the ground is at least 4.5:1 for text.
 */
export type Scheme = "light" | "dark";

export interface Palette {
  ground: string;
  raised: string;
  sunken: string;
  line: string;
  lineStrong: string;
  text: string;
  textSoft: string;
  accent: string;
  accentSoft: string;
  accentText: string;
  /** Measure "waiting" wherever it is drawn. */
  waiting: string;
  waitingSoft: string;
  /** Measure "how often" wherever it is drawn. */
  count: string;
  countSoft: string;
  /** Quality figures, their intervals and trends. */
  figure: string;
  figureSoft: string;
  focus: string;
}

export const palettes: Record<Scheme, Palette> = {
  light: {
    ground: "#ffffff",
    raised: "#ffffff",
    sunken: "#f7f5f2",
    line: "#e7e3de",
    lineStrong: "#8c857c",
    text: "#1f1c19",
    textSoft: "#665f57",
    accent: "#b23c26",
    accentSoft: "#fbeeea",
    accentText: "#ffffff",
    waiting: "#b23c26",
    waitingSoft: "#f0d3cb",
    count: "#3d5a73",
    countSoft: "#dce5ec",
    figure: "#2b2723",
    figureSoft: "#ddd7cf",
    focus: "#1d5fa8",
  },
  dark: {
    ground: "#141312",
    raised: "#1b1a18",
    sunken: "#1f1d1b",
    line: "#34312d",
    lineStrong: "#8f877d",
    text: "#f0ece6",
    textSoft: "#aea69c",
    accent: "#ec8268",
    accentSoft: "#3a221b",
    accentText: "#1a0f0b",
    waiting: "#ec8268",
    waitingSoft: "#56332a",
    count: "#8fb3d1",
    countSoft: "#2a3843",
    figure: "#f0ece6",
    figureSoft: "#46413b",
    focus: "#8cc2ff",
  },
};

/** Easy mode: the strongest contrast there is, at least 7:1 for every word (WCAG 1.4.6). */
const strong: Record<Scheme, Partial<Palette>> = {
  light: {
    line: "#8c857c",
    lineStrong: "#3d3833",
    text: "#000000",
    textSoft: "#3d3833",
    accent: "#8c2413",
    count: "#26425a",
  },
  dark: {
    ground: "#000000",
    raised: "#0d0c0b",
    line: "#8f877d",
    lineStrong: "#d8d1c7",
    text: "#ffffff",
    textSoft: "#d8d1c7",
    accent: "#ffab96",
  },
};

export const sizes = {
  /** Two sizes for text, one for figures and the answer. */
  text: 15,
  small: 13,
  figure: 26,
  /** What a finger or a mouse aims at is at least this high. */
  target: 32,
  /** The eight-pixel grid. */
  grid: 8,
  radius: 6,
  contentMax: 1280,
  motionMs: 150,
} as const;

/** The same sizes in easy mode: no text below 20 px, targets of 48 px. */
const easySizes = { text: 22, small: 20, figure: 34, target: 48 } as const;

/** How much larger than usual text may be; easy mode is a mode of its own beside it. */
export const textScales = { usual: 1, larger: 1.15, largest: 1.3 } as const;
export type TextScale = keyof typeof textScales;

export interface Look {
  scheme: Scheme;
  easy: boolean;
  scale: TextScale;
}

export function paletteOf({ scheme, easy }: Look): Palette {
  return easy ? { ...palettes[scheme], ...strong[scheme] } : palettes[scheme];
}

/** The sizes in force, in pixels. */
export function sizesOf({ easy, scale }: Look): { text: number; small: number; figure: number; target: number } {
  const base = easy ? easySizes : sizes;
  const times = textScales[scale];
  return {
    text: Math.round(base.text * times),
    small: Math.round(base.small * times),
    figure: Math.round(base.figure * times),
    target: base.target,
  };
}

/** Latin in Inter or the system's face, Chinese in Noto Sans SC or PingFang; the reader's language comes first. */
const latin = '"Inter", "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial';
const chinese = '"Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei"';
export const fonts = {
  text: `${latin}, ${chinese}, sans-serif`,
} as const;

/** Write the look as CSS variables, so that plain style sheets and the component kit agree. */
export function applyLook(look: Look): void {
  const root = document.documentElement;
  for (const [name, value] of Object.entries(paletteOf(look))) {
    root.style.setProperty(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value);
  }
  for (const [name, value] of Object.entries(sizesOf(look))) {
    root.style.setProperty(name === "target" ? "--target" : `--size-${name}`, `${value}px`);
  }
  root.style.setProperty("--content-max", `${sizes.contentMax}px`);
  root.style.setProperty("--radius", `${sizes.radius}px`);
  root.style.setProperty("--motion", `${sizes.motionMs}ms`);
  root.style.setProperty("--font-text", fonts.text);
  root.style.colorScheme = look.scheme;
  root.dataset.scheme = look.scheme;
  root.classList.toggle("easy", look.easy);
}
