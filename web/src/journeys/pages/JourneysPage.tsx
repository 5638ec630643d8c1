import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSession } from "../../access/session";
import { Empty, Failure, Loading } from "../../shared/states";
import { Answer } from "../Answer";
import { useBottlenecks } from "../api";
import { Pickers, SummaryLine } from "../parts";
import { Compare } from "./Compare";
import "./pages.css";
import { Handovers } from "./Handovers";
import { useJourneyPlace } from "./place";
import { VariantExplorer } from "./VariantExplorer";
import { BottlenecksView, MapView, ReworkView, SlowView, type ViewProps } from "./Views";

const FilterBar = lazy(() => import("../../quality/FilterBar"));

const views = {
  map: MapView,
  variants: VariantExplorer,
  bottlenecks: BottlenecksView,
  rework: ReworkView,
  handovers: Handovers,
  compare: Compare,
  slow: SlowView,
} as const;
type ViewName = keyof typeof views;
const names = Object.keys(views) as ViewName[];

/** Where do customers wait, by which ways do they come through, and what do the slow ones share? */
export default function JourneysPage() {
  const { t } = useTranslation();
  const { session } = useSession();
  const place = useJourneyPlace();
  const { journeys, choice, title, summary, params, filters, change, period } = place;
  const bottlenecks = useBottlenecks(choice);
  const asked = params.get("view") as ViewName | null;
  const view = asked && names.includes(asked) ? asked : "map";
  const failed = [journeys, bottlenecks, summary].find((part) => part.isError);
  return (
    <main className="content" id="content">
      <h1 className="question">{t("journeyPages.question")}</h1>
      <div className="answer-block">
        {failed ? (
          <Failure error={failed.error} retry={() => void failed.refetch()} />
        ) : choice ? (
          <Answer choice={choice} title={title} cases={summary.data?.cases} bottlenecks={bottlenecks.data} />
        ) : journeys.data ? (
          <Empty title={t("journeyPages.none")}>
            <p>{t(session.whole ? "journeyPages.noneDo" : "journeyPages.noneUnit")}</p>
          </Empty>
        ) : (
          <Loading lines={2} height={76} />
        )}
      </div>
      {choice && !failed && (
        <>
          <Suspense fallback={<div className="filters-place" />}>
            <FilterBar filters={filters} change={change} first={period.first} last={period.last} />
          </Suspense>
          <header className="section-head journey-head">
            <SummaryLine summary={summary.data} />
            <Pickers journeys={journeys.data ?? []} choice={choice} change={change} />
          </header>
          <Tabs view={view} params={params} />
          <h2 className="unseen">{t(`journeyPages.view.${view}`)}</h2>
          <Shown view={view} place={{ ...place, choice }} />
        </>
      )}
    </main>
  );
}

/** One link a view; the address keeps journey and filters. */
function Tabs({ view, params }: { view: ViewName; params: URLSearchParams }) {
  const { t } = useTranslation();
  const to = (name: ViewName) => {
    const next = new URLSearchParams(params);
    next.set("view", name);
    return { search: next.toString() };
  };
  return (
    <nav className="tabs" aria-label={t("journeyPages.views")}>
      {names.map((name) => (
        <Link key={name} to={to(name)} aria-current={name === view ? "page" : undefined} preventScrollReset>
          {t(`journeyPages.view.${name}`)}
        </Link>
      ))}
    </nav>
  );
}

function Shown({ view, place }: { view: ViewName; place: ViewProps }) {
  const View = views[view];
  return <View {...place} />;
}
