"""Journeys over HTTP: the same answers as on the command line, with filters as query parameters."""

# ruff: noqa: FAST003  (the {name} of every path is a parameter of the dependency that all routes share)
from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from tiexin.access.api import caller_of, may, noted, reach_of, within_reach
from tiexin.access.contracts import Right
from tiexin.journeys import api as journeys
from tiexin.journeys import filters
from tiexin.journeys.answers import Answers
from tiexin.journeys.contracts import (
    LIST_MAX,
    Activity,
    Bottleneck,
    CasePage,
    Comparison,
    CoveredVariant,
    Durations,
    Edge,
    FunnelStage,
    Handover,
    JourneyFilter,
    JourneyListed,
    JourneyMap,
    Loop,
    Party,
    Rework,
    SlowReport,
    Summary,
)
from tiexin.journeys.models import model_of
from tiexin.journeys.stages.api import quotes_of_journey, stages_of_journey
from tiexin.journeys.stages.contracts import Quote, StageReport
from tiexin.journeys.walks.routes import router as walks_router
from tiexin.journeys.walks.service import Walks
from tiexin.record.api import Record

__all__ = ["router", "walks_router"]

TEXT_MAX = filters.TEXT_MAX
OFFSET_MAX = 10_000_000
Name = Annotated[str, Path(max_length=TEXT_MAX, description="The journey.")]
Short = Annotated[str | None, Query(max_length=TEXT_MAX)]
Unit = Annotated[
    str | None,
    Query(
        max_length=TEXT_MAX,
        description="Unit of the organisation, with those below it and those merged into them. Empty: cases without.",
    ),
]
Moment = Annotated[
    str | None,
    Query(max_length=40, description="Day (its midnight UTC) or RFC 3339 moment with zone; by the start of a case."),
]
Several = Annotated[list[str] | None, Query(max_length=filters.CONDITIONS_MAX)]
Sequence = Annotated[list[str] | None, Query(max_length=LIST_MAX, description="Exactly this sequence of steps.")]
Conditions = Annotated[
    list[str],
    Query(max_length=filters.CONDITIONS_MAX, description="part=value, for example channel=app or data.amount=5000."),
]
Limit = Annotated[int, Query(ge=1, le=LIST_MAX, description="Most rows.")]
Hours = Annotated[
    str | None,
    Query(max_length=200, description="Count working time only: 'Asia/Shanghai Mon-Fri 09:00-12:00,13:30-17:30'."),
]
Days = Annotated[list[str] | None, Query(max_length=filters.HOLIDAYS_MAX, description="Days on which nobody works.")]
Seconds = Annotated[float | None, Query(ge=0, le=1e11, allow_inf_nan=False)]


def _selection(
    request: Request,
    name: Name,
    *,
    lifecycle: Short = None,
    since: Moment = None,
    until: Moment = None,
    channel: Short = None,
    product: Short = None,
    segment: Short = None,
    org: Unit = None,
    team: Short = None,
    actor: Short = None,
    attribute: Several = None,
    activity: Several = None,
    variant: Sequence = None,
) -> JourneyFilter:
    within_reach(request, org)
    chosen = filters.filter_of(
        name,
        lifecycle=lifecycle,
        since=since,
        until=until,
        channel=channel,
        product=product,
        segment=segment,
        org=org,
        team=team,
        actor=actor,
        attributes=attribute or (),
        activities=activity or (),
        variant=variant or (),
    )
    return msgspec.structs.replace(chosen, within=_reach(request))


def _reach(request: Request) -> tuple[str, ...] | None:
    reach = reach_of(request)
    return None if reach is None else tuple(sorted(reach))


Reach = Annotated[tuple[str, ...] | None, Depends(_reach)]
"""The units that the caller may see: part of the key of every answer that does not come from a ``Selected``."""
Selected = Annotated[JourneyFilter, Depends(_selection)]


def router(get_record: Callable[[], Record]) -> APIRouter:
    """Return the routes of journeys.

    Args:
        get_record: gives the opened record once the server has started.
    """
    routes = APIRouter(prefix="/v1/journeys", tags=["journeys"])
    answers = Answers(get_record)

    @routes.get("", response_model=list[model_of(JourneyListed)])  # type: ignore[misc]
    def list_journeys(reach: Reach) -> Response:
        """The journeys that the record knows, most events first."""
        return _json(answers.of_record(("list", reach), lambda source: journeys.journeys(source, within=reach)))

    _add_core(routes, answers)
    _add_flow(routes, answers)
    _add_time(routes, answers)
    _add_evidence(routes, answers)
    _add_stages(routes, answers, get_record)
    return routes


def _add_core(routes: APIRouter, answers: Answers) -> None:
    @routes.get("/{name}/summary", response_model=model_of(Summary))
    def summary(chosen: Selected) -> Response:
        """The journey in ten figures."""
        return _json(answers.of_journey("summary", chosen, lambda journey: journey.summary()))

    @routes.get("/{name}/edges", response_model=list[model_of(Edge)])  # type: ignore[misc]
    def edges(
        chosen: Selected, business_hours: Hours = None, holiday: Days = None, limit: Limit = LIST_MAX
    ) -> Response:
        """Which step follows which, heaviest total waiting first."""
        calendar = filters.calendar_of(business_hours, holiday or ())
        key = f"edges {limit} {business_hours} {holiday}"
        return _json(answers.of_journey(key, chosen, lambda journey: journey.edges(calendar=calendar)[:limit]))

    @routes.get("/{name}/variants", response_model=list[model_of(CoveredVariant)])  # type: ignore[misc]
    def variants(chosen: Selected, limit: Limit = 100) -> Response:
        """The sequences that cases take, most cases first, with coverage."""
        return _json(
            answers.of_journey(f"variants {limit}", chosen, lambda journey: journey.covered_variants()[:limit])
        )

    @routes.get("/{name}/rework", response_model=list[model_of(Rework)])  # type: ignore[misc]
    def rework(chosen: Selected) -> Response:
        """How often steps are repeated within a case."""
        return _json(answers.of_journey("rework", chosen, lambda journey: journey.rework()))

    @routes.get("/{name}/handovers", response_model=list[model_of(Handover)])  # type: ignore[misc]
    def handovers(chosen: Selected, between: Party = Party.ACTOR, limit: Limit = LIST_MAX) -> Response:
        """Who hands work to whom, and how long it waits between them."""
        key = f"handovers {between} {limit}"
        return _json(answers.of_journey(key, chosen, lambda journey: journey.handovers(between)[:limit]))


def _add_flow(routes: APIRouter, answers: Answers) -> None:
    @routes.get("/{name}/activities", response_model=list[model_of(Activity)])  # type: ignore[misc]
    def activities(chosen: Selected) -> Response:
        """The steps with their frequency, starts and ends."""
        return _json(answers.of_journey("activities", chosen, lambda journey: journey.activities()))

    @routes.get("/{name}/loops", response_model=list[model_of(Loop)])  # type: ignore[misc]
    def loops(chosen: Selected) -> Response:
        """Steps that follow themselves, and ways there and back."""
        return _json(answers.of_journey("loops", chosen, lambda journey: journey.loops()))

    @routes.get("/{name}/map", response_model=model_of(JourneyMap))
    def journey_map(chosen: Selected) -> Response:
        """Nodes and edges of the journey map."""
        return _json(answers.of_journey("map", chosen, lambda journey: journey.map()))

    @routes.get("/{name}/funnel", response_model=list[model_of(FunnelStage)])  # type: ignore[misc]
    def funnel(
        chosen: Selected, stage: Annotated[list[str], Query(min_length=1, max_length=filters.CONDITIONS_MAX)]
    ) -> Response:
        """How many cases reach each stage after the ones before."""
        return _json(answers.of_journey(f"funnel {stage!r}", chosen, lambda journey: journey.funnel(stage)))


def _add_time(routes: APIRouter, answers: Answers) -> None:
    @routes.get("/{name}/bottlenecks", response_model=list[model_of(Bottleneck)])  # type: ignore[misc]
    def bottlenecks(
        chosen: Selected, business_hours: Hours = None, holiday: Days = None, limit: Limit = 100
    ) -> Response:
        """Where the journey waits most: share of all waiting with interval, p50 and p95."""
        calendar = filters.calendar_of(business_hours, holiday or ())
        key = f"bottlenecks {limit} {business_hours} {holiday}"
        return _json(answers.of_journey(key, chosen, lambda journey: journey.bottlenecks(calendar=calendar)[:limit]))

    @routes.get("/{name}/durations", response_model=model_of(Durations))
    def durations(chosen: Selected) -> Response:
        """How long cases last."""
        return _json(answers.of_journey("durations", chosen, lambda journey: journey.durations()))

    @routes.get("/{name}/slow", response_model=model_of(SlowReport))
    def slow(chosen: Selected, slower_than: Annotated[int, Query(ge=1, le=99)] = 75) -> Response:
        """What slow cases have in common."""
        key = f"slow {slower_than}"
        return _json(answers.of_journey(key, chosen, lambda journey: journey.slow(slower_than=slower_than)))

    @routes.get("/{name}/compare", response_model=model_of(Comparison))
    def compare(request: Request, chosen: Selected, first: Conditions, second: Conditions) -> Response:
        """Two selections of cases side by side; the largest certain difference in waiting first."""
        one, two = (filters.changed(chosen, conditions) for conditions in (first, second))
        for side in (one, two):
            within_reach(request, side.org)
        return _json(answers.of_record(("compare", one, two), lambda source: journeys.compare(source, one, two)))


def _add_evidence(routes: APIRouter, answers: Answers) -> None:
    @routes.get("/{name}/cases", response_model=model_of(CasePage), dependencies=[Depends(may(Right.RECORD_READ))])
    def cases(
        chosen: Selected,
        edge_from: Short = None,
        edge_to: Short = None,
        handover_from: Short = None,
        handover_to: Short = None,
        repeats: Short = None,
        longer_than_seconds: Seconds = None,
        limit: Annotated[int, Query(ge=0, le=LIST_MAX)] = 100,
        offset: Annotated[int, Query(ge=0, le=OFFSET_MAX)] = 0,
    ) -> Response:
        """The cases behind a figure, longest first."""
        focus = filters.focus_of(
            edge=(edge_from, edge_to),
            handover=(handover_from, handover_to),
            repeats=repeats,
            longer_than_seconds=longer_than_seconds,
        )
        key = f"cases {focus!r} {limit} {offset}"
        return _json(answers.of_journey(key, chosen, lambda journey: journey.cases(focus, limit=limit, offset=offset)))


def _add_stages(routes: APIRouter, answers: Answers, get_record: Callable[[], Record]) -> None:
    walks = Walks(get_record)

    @routes.get("/{name}/stages", response_model=model_of(StageReport))
    def stages(chosen: Selected) -> Response:
        """Stages × channels: what customers do, how long they wait, how they feel, and the moments of truth."""
        reach = None if chosen.within is None else frozenset(chosen.within)

        def counted(journey: journeys.Journey) -> StageReport:
            felt = walks.felt(chosen.name, reach=reach)
            return stages_of_journey(journey, chosen.name, home=get_record().settings.home, shoppers=felt)

        return _json(answers.of_journey("stages", chosen, counted))

    said = [Depends(may(Right.RECORD_READ))]

    @routes.get("/{name}/quotes", response_model=list[model_of(Quote)], dependencies=said)  # type: ignore[misc]
    def quotes(request: Request, chosen: Selected) -> Response:
        """What customers said in surveys and complaints along the journey; masked for whoever may not read it."""
        rights = caller_of(request).rights
        personal = Right.RECORD_PERSONAL.value in rights
        record = get_record()
        # Never kept: what was erased meanwhile must be gone at once.
        with journeys.open_journey(record, chosen) as journey:
            found = quotes_of_journey(journey, chosen.name, record, personal=personal)
        opened = sum(quote.text is not None for quote in found)
        if opened:
            path = "/v1/journeys/{name}/quotes"
            noted(request, "personal_opened", path=path, journey=chosen.name, events=opened)
        return _json(found)


def _json(answer: Any) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")
