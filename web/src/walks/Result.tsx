import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../shared/DataTable";
import { Figure } from "../shared/Figure";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import { Failure, Loading } from "../shared/states";
import { type ComparedStep, type Comparison, photoAddress, useComparison, useUnits, type Walk } from "./api";
import { Personas } from "./Personas";

/** A finished walk beside the mined journey, what was seen, and the persons side by side. */
export function Result({ walk }: { walk: Walk }) {
  const { t } = useTranslation();
  const comparison = useComparison(walk.walk);
  return (
    <>
      <h2 className="unseen">{t("walks.result")}</h2>
      {comparison.isError ? (
        <Failure error={comparison.error} retry={() => void comparison.refetch()} />
      ) : comparison.data ? (
        <Paired found={comparison.data} />
      ) : (
        <Loading lines={6} height={320} />
      )}
      <Seen walk={walk} />
      {comparison.data && <Personas rows={comparison.data.personas} journey={walk.journey} />}
    </>
  );
}

function Paired({ found }: { found: Comparison }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useColumns();
  const day = (text: string, less: number) => format.day(new Date(Date.parse(text) - less));
  const values = { since: day(found.since, 0), until: day(found.until, 1) };
  return (
    <Figure
      id="paired"
      title={useFinding(found)}
      subtitle={t("walks.resultMeasure", values)}
      definition={t("walks.resultDefinition")}
      sheet={() => ({
        name: "walk",
        header: [
          "step",
          "seconds",
          "feeling",
          "n",
          "p50",
          "p50_low",
          "p50_high",
          "p95",
          "p95_low",
          "p95_high",
          "basis",
          "longer_share",
          "slower_than_p95",
        ],
        rows: found.steps.map((row) => {
          const mined = minedOf(row);
          return [
            row.step,
            row.seconds,
            row.feeling,
            mined.n,
            mined.p50,
            mined.p50_low,
            mined.p50_high,
            mined.p95,
            mined.p95_low,
            mined.p95_high,
            row.basis,
            row.longer_share,
            row.slower_than_p95 === null ? null : String(row.slower_than_p95),
          ];
        }),
      })}
    >
      <DataTable
        caption={t("walks.result")}
        columns={columns}
        rows={found.steps.map((row, at) => ({ ...row, at }))}
        rowKey={(row) => String(row.at)}
      />
    </Figure>
  );
}

/** The customers a step is set beside: those of the unit where they are enough, else all. */
function minedOf(row: ComparedStep) {
  return row.basis === "unit" || row.mined.n >= row.mined_all.n ? row.mined : row.mined_all;
}

function useFinding(found: Comparison): string {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const told = found.steps.filter((row) => row.slower_than_p95 !== null);
  const slower = told.filter((row) => row.slower_than_p95).map((row) => name("step", row.step));
  if (told.length === 0) return t("walks.resultFinding.unknown");
  if (slower.length === 0) return t("walks.resultFinding.none");
  return t("walks.resultFinding.slower", { count: slower.length, steps: format.list(slower) });
}

type Row = ComparedStep & { at: number };

function useColumns(): Column<Row>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const wait = (value: number | null) => (value === null ? "–" : format.duration(value));
  const range = (low: number | null, high: number | null) =>
    low === null || high === null ? "" : ` (${format.duration(low)} – ${format.duration(high)})`;
  return [
    {
      key: "step",
      title: t("walks.step"),
      cell: (row) => (
        <>
          {name("step", row.step)}
          <span className="soft block">
            {row.seconds === null ? t("walks.notDone") : t(`walks.verdict.${verdictOf(row)}`)}
          </span>
        </>
      ),
    },
    { key: "bar", title: t("walks.walkTime"), width: "30%", cell: (row) => <PairedBar row={row} /> },
    {
      key: "p50",
      title: t("walks.p50"),
      number: true,
      wide: true,
      cell: (row) => {
        const mined = minedOf(row);
        return (
          <>
            {wait(mined.p50)}
            <span className="soft">{range(mined.p50_low, mined.p50_high)}</span>
          </>
        );
      },
    },
    { key: "p95", title: t("walks.p95"), number: true, cell: (row) => wait(minedOf(row).p95) },
    {
      key: "n",
      title: t("walks.n"),
      number: true,
      cell: (row) => (
        <>
          {format.whole(minedOf(row).n)}
          {row.basis !== null && <span className="soft block">{t(`walks.basis.${row.basis}`)}</span>}
        </>
      ),
    },
  ];
}

function verdictOf(row: ComparedStep): "slower" | "within" | "unknown" {
  if (row.slower_than_p95 === null) return "unknown";
  return row.slower_than_p95 ? "slower" : "within";
}

/** One step on its own axis from zero: the customers' half and slowest 5 %, and the dot of this walk. */
function PairedBar({ row }: { row: ComparedStep }) {
  const { t } = useTranslation();
  const format = useFormat();
  const mined = minedOf(row);
  const end = Math.max(row.seconds ?? 0, mined.p95 ?? mined.p50 ?? 0) * 1.04 || 1;
  const at = (value: number) => `${(100 * value) / end}%`;
  return (
    <span className="paired">
      <span className="paired-axis" aria-hidden="true">
        {mined.p95 !== null && <span className="paired-band" style={{ width: at(mined.p95) }} />}
        {mined.p50 !== null && <span className="paired-half" style={{ left: at(mined.p50) }} />}
        {row.seconds !== null && (
          <span
            className={row.slower_than_p95 ? "paired-dot slower" : "paired-dot"}
            style={{ left: at(row.seconds) }}
          />
        )}
      </span>
      <span className="difference-figure">
        {row.seconds === null ? "–" : format.duration(row.seconds)}
        {row.longer_share !== null && (
          <span className="soft">
            {" · "}
            {t("walks.longer", { share: format.share(row.longer_share, 0) })}
          </span>
        )}
      </span>
    </span>
  );
}

/** Notes, feelings and photos step by step, and the advice at the end. */
function Seen({ walk }: { walk: Walk }) {
  const { t } = useTranslation();
  const name = useNames();
  const units = useUnits();
  const place = walk.unit ? units.name(walk.unit) : t("walks.anyUnit");
  return (
    <Figure id="seen" title={t("walks.notes")} subtitle={place}>
      <ol className="walk-seen">
        {walk.done.map((step) => (
          <li key={step.key}>
            <p>
              <span className="strong">{name("step", step.step)}</span> · {t(`walks.feeling.${step.feeling}`)}
            </p>
            {step.note && <p>{step.note}</p>}
            {step.photos.length > 0 && (
              <p className="walk-photos">
                {step.photos.map((photo) => (
                  <img
                    key={photo.digest}
                    src={photoAddress(walk.walk, photo.digest)}
                    alt={t("walks.photoOf", { step: name("step", step.step) })}
                    loading="lazy"
                  />
                ))}
              </p>
            )}
          </li>
        ))}
      </ol>
      {walk.recommendation && (
        <p>
          <span className="strong">{t("walks.adviceGiven")}</span> {walk.recommendation}
        </p>
      )}
    </Figure>
  );
}
