import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outcome, useAct } from "../../shared/acts";
import { useFormat } from "../../shared/format";
import {
  type Calendar,
  type CalendarDocument,
  documentOf,
  periodsOf,
  putCalendar,
  type Weekday,
  weekdays,
} from "./api";

const empty: CalendarDocument = {
  name: { zh: "", en: "" },
  zone: "Asia/Shanghai",
  week: {
    mon: ["09:00-12:00", "13:30-17:30"],
    tue: ["09:00-12:00", "13:30-17:30"],
    wed: ["09:00-12:00", "13:30-17:30"],
    thu: ["09:00-12:00", "13:30-17:30"],
    fri: ["09:00-12:00", "13:30-17:30"],
    sat: [],
    sun: [],
  },
  holidays: [],
  makeup_days: [],
  makeup_as: "mon",
};

/** A calendar as a form: names, zone, hours by weekday, holidays, make-up days. */
export function CalendarForm({ calendar }: { calendar: Calendar | null }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const act = useAct();
  const start = calendar ? documentOf(calendar) : empty;
  const [holidays, setHolidays] = useState(start.holidays);
  const [makeup, setMakeup] = useState(start.makeup_days);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? "").trim();
    const document: CalendarDocument = {
      name: { zh: text("zh"), en: text("en") },
      zone: text("zone"),
      week: Object.fromEntries(weekdays.map((day) => [day, periodsOf(text(day))])) as CalendarDocument["week"],
      holidays,
      makeup_days: makeup,
      makeup_as: text("makeup_as") as Weekday,
    };
    void act.run(async () => {
      await putCalendar(calendar?.id ?? text("id"), document);
      await queries.invalidateQueries({ queryKey: ["calendars"] });
      return t("settings.saved");
    });
  };
  return (
    <form onSubmit={submit} className="stack">
      {!calendar && <Text name="id" label={t("settings.calendars.id")} pattern="[a-z0-9][a-z0-9_\-]*" />}
      <Text name="zh" label={t("settings.calendars.nameZh")} value={start.name.zh} />
      <Text name="en" label={t("settings.calendars.nameEn")} value={start.name.en} />
      <Text name="zone" label={t("settings.calendars.zone")} value={start.zone} />
      <p className="hint">{t("settings.calendars.hoursRule")}</p>
      {weekdays.map((day) => (
        <Text
          key={day}
          name={day}
          label={t(`settings.calendars.day.${day}`)}
          value={start.week[day].join(", ")}
          free={t("settings.calendars.free")}
        />
      ))}
      <DayList title={t("settings.calendars.holidays")} days={holidays} change={setHolidays} />
      <DayList title={t("settings.calendars.makeup")} days={makeup} change={setMakeup} />
      <MakeupAs value={start.makeup_as} />
      <p className="row">
        <button type="submit" className="main" disabled={act.busy}>
          {t("settings.save")}
        </button>
      </p>
      <Outcome act={act} />
    </form>
  );
}

interface TextProps {
  name: string;
  label: string;
  value?: string;
  pattern?: string;
  /** What an empty field means; without it the field must be filled. */
  free?: string;
}

function Text({ name, label, value, pattern, free }: TextProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={name}
        defaultValue={value}
        pattern={pattern}
        required={free === undefined}
        placeholder={free}
        maxLength={120}
      />
    </div>
  );
}

function MakeupAs({ value }: { value: Weekday }) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{t("settings.calendars.makeupAsChoice")}</label>
      <select id={id} name="makeup_as" defaultValue={value}>
        {weekdays.map((day) => (
          <option key={day} value={day}>
            {t(`settings.calendars.day.${day}`)}
          </option>
        ))}
      </select>
    </div>
  );
}

function DayList({ title, days, change }: { title: string; days: string[]; change: (days: string[]) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const [next, setNext] = useState("");
  const add = () => {
    if (next) change([...new Set([...days, next])].sort());
    setNext("");
  };
  return (
    <div className="field">
      <label htmlFor={id}>{title}</label>
      <div className="with-button">
        <input
          id={id}
          type="date"
          className="plain-input"
          value={next}
          onChange={(event) => setNext(event.target.value)}
        />
        <button type="button" className="quiet" onClick={add} disabled={!next}>
          {t("settings.add")}
        </button>
      </div>
      <ul className="days">
        {days.map((day) => (
          <li key={day} className="day-chip">
            {format.day(new Date(`${day}T12:00:00`))}
            <button type="button" onClick={() => change(days.filter((one) => one !== day))}>
              <span aria-hidden="true">×</span>
              <span className="unseen">{t("settings.calendars.dayOff", { day })}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
