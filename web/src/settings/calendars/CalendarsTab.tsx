import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { inLanguage, useSession } from "../../access/session";
import { ask } from "../../api/client";
import { type Act, Outcome, useAct } from "../../shared/acts";
import { type Format, useFormat } from "../../shared/format";
import { SidePanel } from "../../shared/SidePanel";
import { Failure, Loading } from "../../shared/states";
import { type Calendar, documentOf, putCalendar, useCalendars, weekdays } from "./api";
import { CalendarForm } from "./CalendarForm";

/** When the institution is at work: what the clocks of cases run by. */
export default function CalendarsTab() {
  const { t } = useTranslation();
  const { has } = useSession();
  const calendars = useCalendars();
  const format = useFormat();
  const act = useAct();
  const [edited, setEdited] = useState<Calendar | "new" | null>(null);
  if (calendars.isError) return <Failure error={calendars.error} retry={() => void calendars.refetch()} />;
  if (!calendars.data) return <Loading lines={10} height={480} />;
  const usual = calendars.data.find((one) => one.id === "usual");
  const manages = has("settings:manage");
  return (
    <>
      <p className="answer">
        {t("settings.calendars.answer", {
          hours: hoursText(format, usual?.hours_a_week ?? 0),
          count: calendars.data.length,
        })}
      </p>
      <p className="soft measure-width">{t("settings.calendars.about")}</p>
      {manages && (
        <p className="row">
          <button type="button" className="main" onClick={() => setEdited("new")}>
            {t("settings.calendars.add")}
          </button>
        </p>
      )}
      <Outcome act={act} />
      {calendars.data.map((calendar) => (
        <CalendarBlock
          key={calendar.id}
          calendar={calendar}
          edit={manages ? () => setEdited(calendar) : undefined}
          act={act}
        />
      ))}
      <SidePanel
        title={t(edited === "new" ? "settings.calendars.add" : "settings.calendars.edit")}
        open={edited !== null}
        close={() => setEdited(null)}
      >
        {edited && <CalendarForm calendar={edited === "new" ? null : edited} />}
      </SidePanel>
    </>
  );
}

/** Hours with a decimal only where there is one. */
function hoursText(format: Format, hours: number): string {
  return format.decimal(hours, Number.isInteger(hours) ? 0 : 1);
}

interface BlockProps {
  calendar: Calendar;
  edit?: () => void;
  act: Act;
}

function CalendarBlock({ calendar, edit, act }: BlockProps) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const name = inLanguage(calendar.name, i18n.language);
  const remove = useRemoval(act);
  return (
    <section className="block-section" aria-label={name}>
      <h2>{name}</h2>
      <p className="soft">
        {t("settings.calendars.facts", { zone: calendar.zone, hours: hoursText(format, calendar.hours_a_week) })}
        {calendar.changed &&
          ` · ${t("settings.calendars.changed", {
            who: calendar.changed_by,
            when: format.moment(new Date(calendar.changed)),
          })}`}
      </p>
      <dl className="week">
        {weekdays.map((day) => (
          <div key={day}>
            <dt>{t(`settings.calendars.day.${day}`)}</dt>
            <dd>
              {calendar.week[day].length > 0
                ? calendar.week[day].join(t("shared.comma"))
                : t("settings.calendars.free")}
            </dd>
          </div>
        ))}
      </dl>
      <Days title={t("settings.calendars.holidays")} days={calendar.holidays} />
      <Days
        title={t("settings.calendars.makeupAs", { day: t(`settings.calendars.day.${calendar.makeup_as}`) })}
        days={calendar.makeup_days}
      />
      {edit && (
        <p className="row">
          <button type="button" className="quiet small" onClick={edit}>
            {t("settings.change")}
            <span className="unseen"> {name}</span>
          </button>
          {calendar.changed && (
            <button type="button" className="quiet small" onClick={() => remove(calendar, name)}>
              {t(calendar.id === "usual" ? "settings.calendars.reset" : "settings.remove")}
              <span className="unseen"> {name}</span>
            </button>
          )}
        </p>
      )}
    </section>
  );
}

function Days({ title, days }: { title: string; days: string[] }) {
  const format = useFormat();
  if (days.length === 0) return null;
  return (
    <>
      <p className="soft">{title}</p>
      <ul className="days">
        {days.map((day) => (
          <li key={day} className="day-chip">
            {format.day(new Date(`${day}T12:00:00`))}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Forget a calendar, with the way back. */
function useRemoval(act: Act) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["calendars"] });
  return (calendar: Calendar, name: string) =>
    void act.run(async () => {
      await ask(`/v1/settings/calendars/${encodeURIComponent(calendar.id)}`, { method: "DELETE" });
      await refresh();
      const back = () =>
        void act.run(async () => {
          await putCalendar(calendar.id, documentOf(calendar));
          await refresh();
          return t("settings.saved");
        });
      return (
        <>
          {t("settings.calendars.removed", { name })}{" "}
          <button type="button" className="quiet small" onClick={back}>
            {t("settings.undo")}
          </button>
        </>
      );
    });
}
