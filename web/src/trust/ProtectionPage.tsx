import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ask } from "../api/client";
import { selectionOf, useDefinitions } from "../quality/api";
import { valueText } from "../quality/figures";
import { Interval } from "../quality/Interval";
import { type Figure, type GroupedFigures, inLanguage, type QualityFigures } from "../quality/types";
import { type Filters, useAddress } from "../shared/address";
import { DataTable } from "../shared/DataTable";
import { ExportMenu } from "../shared/exporting/ExportMenu";
import { useFormat } from "../shared/format";
import { Failure, Loading } from "../shared/states";
import { ByUnit } from "./ByUnit";

const figures = [
  "complaints.timely_share",
  "complaints.disputed_share",
  "complaints.repeat_share",
  "complaints.per_10000",
  "complaints.resolution_km_p50_hours",
  "complaints.resolution_km_p90_hours",
] as const;

/** Consumer protection: are people who complain answered in time, and are they content with the answer? */
export default function ProtectionPage() {
  const { t } = useTranslation();
  const { filters, change } = useAddress();
  const quality = useComplaints<QualityFigures>(filters, "");
  const units = useComplaints<GroupedFigures>(filters, "/by");
  return (
    <main className="content" id="content">
      <h1 className="question">{t("trust.protection.question")}</h1>
      {quality.isError && <Failure error={quality.error} retry={() => void quality.refetch()} />}
      {quality.isLoading && <Loading lines={3} height={96} />}
      {quality.data && <Told quality={quality.data} />}
      <div className="filters-row">
        {(["from", "to"] as const).map((name) => (
          <div className="field" key={name}>
            <label htmlFor={`protection-${name}`}>{t(`trust.audit.${name}`)}</label>
            <input
              id={`protection-${name}`}
              type="date"
              value={filters[name] ?? ""}
              onChange={(event) => change({ [name]: event.target.value })}
            />
          </div>
        ))}
      </div>
      {quality.data && <Figures quality={quality.data} />}
      {units.isError && <Failure error={units.error} retry={() => void units.refetch()} />}
      {units.data && <ByUnit groups={units.data.groups} />}
    </main>
  );
}

/** Figures of complaints of every unit, whatever the reader's own; whole, or by unit. */
function useComplaints<Body>(filters: Filters, part: "" | "/by") {
  return useQuery({
    queryKey: ["protection", part, filters],
    queryFn: ({ signal }) => {
      const given = Object.entries({ ...selectionOf(filters), ...(part && { dimension: "branch" }) });
      const query = new URLSearchParams(given.filter((pair): pair is [string, string] => Boolean(pair[1])));
      return ask<Body>(`/v1/protection${part}?${query}`, { signal });
    },
    placeholderData: keepPreviousData,
  });
}

function Told({ quality }: { quality: QualityFigures }) {
  const { t } = useTranslation();
  const format = useFormat();
  const timely = quality.figures["complaints.timely_share"];
  const disputed = quality.figures["complaints.disputed_share"];
  const count = quality.figures["complaints.count"]?.n ?? 0;
  if (count === 0 || !timely || timely.value === null) return <p className="answer">{t("trust.protection.none")}</p>;
  return (
    <div className="answer-block">
      <p className="answer">
        {t("trust.protection.answer", {
          share: format.share(timely.value, 0),
          count: format.whole(count),
        })}
        <span className="answer-sure">
          {t("trust.protection.sure", {
            low: format.share(timely.low ?? timely.value, 0),
            high: format.share(timely.high ?? timely.value, 0),
            n: format.whole(timely.n),
          })}
        </span>
        {disputed && disputed.value !== null && disputed.n > 0 && (
          <span className="answer-sure">
            {t("trust.protection.disputed", { share: format.share(disputed.value, 0), n: format.whole(disputed.n) })}
          </span>
        )}
      </p>
      <p>
        <Link to="/contacts?kind=complaint.received.v1">{t("trust.protection.contacts")}</Link>
      </p>
    </div>
  );
}

function Figures({ quality }: { quality: QualityFigures }) {
  const { t } = useTranslation();
  const known = figures.flatMap((id) => quality.figures[id] ?? []).filter((figure) => figure.n > 0);
  if (known.length === 0) return null;
  return (
    <section className="section" aria-labelledby="protection-figures">
      <header className="section-head">
        <div>
          <h2 id="protection-figures">{t("trust.protection.figures")}</h2>
          <p className="soft">{t("trust.protection.subtitle")}</p>
        </div>
        <FiguresExport known={known} />
      </header>
      <FiguresTable known={known} targets={quality.targets} />
    </section>
  );
}

function FiguresTable({ known, targets }: { known: Figure[]; targets: QualityFigures["targets"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = useFigureNames();
  return (
    <DataTable
      caption={t("trust.protection.figures")}
      rows={known}
      rowKey={(figure) => figure.id}
      columns={[
        { key: "name", title: t("quality.figure"), cell: nameOf },
        {
          key: "value",
          title: t("quality.value"),
          number: true,
          cell: (figure) => (figure.value === null ? "–" : valueText(figure.value, figure.unit, format)),
        },
        {
          key: "sure",
          title: t("quality.howSure"),
          wide: true,
          cell: (figure) => figure.value !== null && <Interval figure={figure} target={targets[figure.id]?.target} />,
        },
        { key: "n", title: t("quality.n"), number: true, cell: (figure) => format.whole(figure.n) },
        {
          key: "counted",
          title: <span className="unseen">{t("shared.howCounted")}</span>,
          cell: (figure) => (
            <Link to={`/figures#${figure.definition}`} aria-label={t("quality.definitionOf", { name: nameOf(figure) })}>
              {t("shared.howCounted")}
            </Link>
          ),
        },
      ]}
    />
  );
}

function FiguresExport({ known }: { known: Figure[] }) {
  const { t } = useTranslation();
  const nameOf = useFigureNames();
  return (
    <ExportMenu
      name="complaint-figures"
      title={t("trust.protection.figures")}
      table={() => ({
        title: t("trust.protection.figures"),
        columns: [
          { key: "name", title: t("quality.figure"), kind: "text" },
          { key: "value", title: t("quality.value"), kind: "number" },
          { key: "low", title: t("trust.protection.low"), kind: "number" },
          { key: "high", title: t("trust.protection.high"), kind: "number" },
          { key: "n", title: t("quality.n"), kind: "number" },
        ],
        rows: known.map((figure) => [nameOf(figure), figure.value, figure.low, figure.high, figure.n]),
      })}
    />
  );
}

function useFigureNames(): (figure: Figure) => string {
  const { i18n } = useTranslation();
  const definitions = useDefinitions();
  return (figure) => {
    const found = definitions.data?.find((one) => one.id === figure.definition || one.id === figure.id);
    return found ? inLanguage(found.name, i18n.language) : figure.id;
  };
}
