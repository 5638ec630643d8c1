import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../access/session";
import { useAddress } from "../shared/address";
import { type Column, DataTable } from "../shared/DataTable";
import { Figure } from "../shared/Figure";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import { Failure, Loading } from "../shared/states";
import { useUnits, useWalks, type WalkListed } from "./api";
import { PlanForm } from "./PlanForm";
import "../journeys/pages/pages.css";
import "./walks.css";

const states = ["planned", "under_way", "done", "cancelled"] as const;

/** Walks that are planned, under way and done, and the form to plan another. */
export default function WalksPage() {
  const { t } = useTranslation();
  const { has } = useSession();
  const { params, change } = useAddress();
  const walks = useWalks();
  const [planning, setPlanning] = useState(params.get("plan") === "1");
  const asked = params.get("state");
  const shown = (walks.data?.walks ?? []).filter((walk) => !asked || walk.state === asked);
  return (
    <main className="content" id="content">
      <h1 className="question">{t("walks.question")}</h1>
      <div className="answer-block">
        {walks.isError ? (
          <Failure error={walks.error} retry={() => void walks.refetch()} />
        ) : walks.data ? (
          <ListAnswer walks={walks.data.walks} />
        ) : (
          <Loading lines={2} height={76} />
        )}
      </div>
      {has("walks:write") &&
        (planning ? (
          <PlanForm close={() => setPlanning(false)} />
        ) : (
          <p>
            <button type="button" className="main" onClick={() => setPlanning(true)}>
              {t("walks.plan")}
            </button>
          </p>
        ))}
      {walks.data && walks.data.total > 0 && (
        <>
          <h2 className="unseen">{t("walks.list")}</h2>
          <label className="field walk-state">
            <span className="label">{t("walks.list")}</span>
            <select
              className="plain-input"
              value={asked ?? ""}
              onChange={(event) => change({ state: event.target.value })}
            >
              <option value="">{t("walks.everyState")}</option>
              {states.map((state) => (
                <option key={state} value={state}>
                  {t(`walks.state.${state}`)}
                </option>
              ))}
            </select>
          </label>
          <WalkTable walks={shown} />
        </>
      )}
    </main>
  );
}

function ListAnswer({ walks }: { walks: WalkListed[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const done = walks.filter((walk) => walk.state === "done" && walk.feeling !== null);
  const count = (state: string) => format.whole(walks.filter((walk) => walk.state === state).length);
  if (done.length === 0) return <p className="answer">{t("walks.answerNone")}</p>;
  const bad = done.filter((walk) => (walk.feeling ?? 5) < 3).length;
  return (
    <p className="answer">
      <Trans
        t={t}
        i18nKey="walks.answer"
        values={{
          done: format.whole(done.length),
          bad: format.whole(bad),
          planned: count("planned"),
          under: count("under_way"),
        }}
        components={{ em: <em />, sure: <span className="answer-sure" /> }}
      />
    </p>
  );
}

function WalkTable({ walks }: { walks: WalkListed[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const units = useUnits();
  const columns: Column<WalkListed>[] = [
    {
      key: "walk",
      title: t("walks.head.walk"),
      cell: (row) => (
        <Link to={`/walks/${encodeURIComponent(row.walk)}`}>
          {name("journey", row.journey)} · {t(`walks.persona.${row.persona}`)}
        </Link>
      ),
    },
    { key: "state", title: t("walks.head.state"), cell: (row) => t(`walks.state.${row.state}`) },
    { key: "day", title: t("walks.head.day"), cell: (row) => format.day(new Date(`${row.planned_for}T12:00:00`)) },
    { key: "unit", title: t("walks.head.unit"), wide: true, cell: (row) => (row.unit ? units.name(row.unit) : "–") },
    {
      key: "feeling",
      title: t("walks.head.feeling"),
      cell: (row) => (row.feeling === null ? "–" : `${row.feeling} · ${t(`walks.feeling.${row.feeling}`)}`),
    },
    {
      key: "time",
      title: t("walks.head.time"),
      number: true,
      wide: true,
      cell: (row) => (row.seconds === null ? "–" : format.duration(row.seconds)),
    },
  ];
  return (
    <Figure
      id="walks"
      title={t("walks.listFinding", { count: walks.length })}
      subtitle={t("walks.listMeasure")}
      sheet={() => ({
        name: "walks",
        header: [
          "walk",
          "state",
          "journey",
          "persona",
          "unit",
          "planned_for",
          "shopper",
          "steps_done",
          "seconds",
          "feeling",
        ],
        rows: walks.map((row) => [
          row.walk,
          row.state,
          row.journey,
          row.persona,
          row.unit,
          row.planned_for,
          row.shopper,
          row.steps_done,
          row.seconds,
          row.feeling,
        ]),
      })}
    >
      <DataTable caption={t("walks.list")} columns={columns} rows={walks} rowKey={(row) => row.walk} />
    </Figure>
  );
}
