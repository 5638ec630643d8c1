import { useQuery } from "@tanstack/react-query";
import type { Both } from "../../access/session";
import { ask } from "../../api/client";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

export interface CalendarDocument {
  name: Both;
  zone: string;
  /** Working periods by weekday, such as `09:00-12:00`. */
  week: Record<Weekday, string[]>;
  holidays: string[];
  makeup_days: string[];
  makeup_as: Weekday;
}

export interface Calendar extends CalendarDocument {
  id: string;
  hours_a_week: number;
  changed: string | null;
  changed_by: string | null;
}

export function useCalendars() {
  return useQuery({
    queryKey: ["calendars"],
    queryFn: async ({ signal }) =>
      (await ask<{ calendars: Calendar[] }>("/v1/settings/calendars", { signal })).calendars,
  });
}

export function documentOf(calendar: Calendar): CalendarDocument {
  const { name, zone, week, holidays, makeup_days, makeup_as } = calendar;
  return { name, zone, week, holidays, makeup_days, makeup_as };
}

export function putCalendar(id: string, document: CalendarDocument) {
  return ask<Calendar>(`/v1/settings/calendars/${encodeURIComponent(id)}`, { method: "PUT", json: document });
}

/** The periods somebody wrote for a day: parts between commas or blanks, dashes of every kind. */
export function periodsOf(text: string): string[] {
  return text
    .replace(/[–—－~至]/g, "-")
    .replace(/：/g, ":")
    .split(/[\s,，、;；]+/)
    .filter(Boolean);
}
