import { useMemo } from "react";
import { useTranslation } from "react-i18next";

/** Numbers, shares, durations and days in the reader's language; one object so that no page formats by hand. */
export interface Format {
  language: string;
  whole: (value: number) => string;
  decimal: (value: number, digits?: number) => string;
  /** A share 0–1 as a percentage, without the sign when `bare`. */
  share: (value: number, digits?: number) => string;
  points: (value: number, digits?: number) => string;
  signed: (value: number, digits?: number) => string;
  /** Seconds in the largest unit that keeps the number readable: "3.2 days", "5 min". */
  duration: (seconds: number) => string;
  /** Days with one decimal at most, for totals: "56,530". */
  days: (seconds: number) => string;
  day: (moment: Date) => string;
  month: (moment: Date) => string;
  moment: (moment: Date) => string;
  /** To the second and with its zone, where a moment may be held against another paper. */
  instant: (moment: Date) => string;
  list: (items: string[]) => string;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

type DurationUnit = "second" | "minute" | "hour" | "day";

function unitOf(seconds: number): [number, DurationUnit, number] {
  const size = Math.abs(seconds);
  if (size < 1) return [seconds, "second", size === 0 ? 0 : 2];
  if (size < 90) return [seconds, "second", size < 10 ? 1 : 0];
  if (size < 90 * MINUTE) return [seconds / MINUTE, "minute", size < 10 * MINUTE ? 1 : 0];
  if (size < 48 * HOUR) return [seconds / HOUR, "hour", 1];
  return [seconds / DAY, "day", size < 100 * DAY ? 1 : 0];
}

export function makeFormat(language: string): Format {
  const number = (digits: number, options: Intl.NumberFormatOptions = {}) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits, ...options });
  const cache = new Map<string, Intl.NumberFormat>();
  const cached = (key: string, make: () => Intl.NumberFormat) => {
    let format = cache.get(key);
    if (!format) {
      format = make();
      cache.set(key, format);
    }
    return format;
  };
  const unit = (name: DurationUnit, digits: number) =>
    cached(
      `unit:${name}:${digits}`,
      () =>
        new Intl.NumberFormat(language, {
          style: "unit",
          unit: name,
          unitDisplay: name === "minute" || name === "second" ? "short" : "long",
          maximumFractionDigits: digits,
        }),
    );
  const dayFormat = new Intl.DateTimeFormat(language, { year: "numeric", month: "short", day: "numeric" });
  const monthFormat = new Intl.DateTimeFormat(language, { year: "numeric", month: "short" });
  const momentFormat = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const instantFormat = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "long" });
  const listFormat = new Intl.ListFormat(language, { style: "short", type: "conjunction" });
  return {
    language,
    whole: (value) => cached("whole", () => number(0)).format(value),
    decimal: (value, digits = 1) => cached(`decimal:${digits}`, () => number(digits)).format(value),
    share: (value, digits = 1) => cached(`share:${digits}`, () => number(digits, { style: "percent" })).format(value),
    points: (value, digits = 1) => cached(`decimal:${digits}`, () => number(digits)).format(value * 100),
    signed: (value, digits = 1) =>
      cached(`signed:${digits}`, () => number(digits, { signDisplay: "exceptZero" })).format(value),
    duration: (seconds) => {
      const [amount, name, digits] = unitOf(seconds);
      return unit(name, digits).format(amount);
    },
    days: (seconds) => cached("whole", () => number(0)).format(seconds / DAY),
    day: (moment) => dayFormat.format(moment),
    month: (moment) => monthFormat.format(moment),
    moment: (moment) => momentFormat.format(moment),
    instant: (moment) => instantFormat.format(moment),
    list: (items) => listFormat.format(items),
  };
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => makeFormat(i18n.language), [i18n.language]);
}
