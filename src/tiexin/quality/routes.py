"""Quality over HTTP: the same documents as on the command line, from facts that stay in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from tiexin.access.api import may, reach_of, within_reach
from tiexin.access.contracts import Right
from tiexin.quality import documents, models
from tiexin.quality.api import OVERVIEW, PAGE_MAX, definitions, selection_of
from tiexin.quality.contracts import Dimension, Kind, Selection, Step
from tiexin.quality.periods import PeriodError
from tiexin.quality.served import ServedQuality
from tiexin.quality.targets import targets_of
from tiexin.record.api import Record

TEXT_MAX = 1_024
POSITION_MAX = 2**63 - 1
Short = Annotated[str | None, Query(max_length=TEXT_MAX, description="Empty: contacts without one.")]
Moment = Annotated[
    str | None,
    Query(max_length=40, description="Day (its midnight UTC) or RFC 3339 moment with zone (write the + as %2B)."),
]
Families = Annotated[
    list[str] | None,
    Query(alias="figures", max_length=len(OVERVIEW), description=f"Families of figures: {', '.join(OVERVIEW)}."),
]


def _whole(
    since: Moment = None,
    until: Moment = None,
    channel: Short = None,
    branch: Short = None,
    branch_only: Annotated[bool, Query(description="Without the units below the branch.")] = False,
    product: Short = None,
    segment: Short = None,
    as_of: Annotated[str | None, Query(max_length=10, description="Day whose organisation tree applies.")] = None,
) -> Selection:
    conditions = {"channel": channel, "branch": branch, "product": product, "segment": segment, "as_of": as_of}
    for name, text in conditions.items():
        if text is not None and "\x00" in text:
            msg = f"{name} may not contain the NUL character"
            raise PeriodError(msg, parameter=name)
    return msgspec.structs.replace(selection_of(since, until, **conditions), branch_only=branch_only)


Whole = Annotated[Selection, Depends(_whole)]
"""A selection of the whole institution, whatever the reach of the caller: for consumer protection alone."""


def _selection(request: Request, selection: Whole) -> Selection:
    within_reach(request, selection.branch)
    reach = reach_of(request)
    return msgspec.structs.replace(selection, within=None if reach is None else tuple(sorted(reach)))


COMPLAINTS = ("complaints",)
Selected = Annotated[Selection, Depends(_selection)]
DOCUMENTS: dict[str, tuple[Any, str]] = {
    "calls": (models.CallsModel, "Calls: offered, answered, abandoned, speed of answer, waits, talk."),
    "complaints": (
        models.ComplaintsModel,
        "Complaints: in time, disputed, per 10,000 active customers, time to answer.",
    ),
    "tickets": (models.TicketsModel, "Service tickets: within the agreed time, reopened, time to resolution."),
    "nps": (models.SingleModel, "Net promoter score, −100 to 100."),
    "csat": (models.SingleModel, "Customer satisfaction, share of the top two boxes."),
    "ces": (models.CesModel, "Customer effort: mean and share of customers who found it easy."),
    "fcr": (models.FcrModel, "First-contact resolution and repeat contacts."),
}


def router(get_record: Callable[[], Record], *, served: ServedQuality | None = None) -> APIRouter:
    """Return the routes of quality.

    Args:
        get_record: gives the opened record once the server has started.
        served: the figures to answer from; new ones if absent.
    """
    api = APIRouter(prefix="/v1/quality", tags=["quality"])
    served = served or ServedQuality()
    for name, (model, about) in DOCUMENTS.items():
        _add_document(api, get_record, served, name=name, model=model, about=about)
    _add_groups(api, get_record, served)
    _add_evidence(api, get_record, served)
    return api


def protection_router(get_record: Callable[[], Record], *, served: ServedQuality) -> APIRouter:
    """Return the routes of consumer protection: complaints of every unit, whatever the caller's own, and no more.

    Args:
        get_record: gives the opened record once the server has started.
        served: the figures to answer from.
    """
    guard = [Depends(may(Right.COMPLAINTS_ALL))]
    api = APIRouter(prefix="/v1/protection", tags=["protection"], dependencies=guard)

    @api.get("", response_model=models.OverviewModel)
    def overview(selection: Whole) -> Response:
        """The figures of complaints of the whole institution, or of the branch asked for."""
        with served.opened(get_record()) as quality:
            found = quality.figures(COMPLAINTS, selection=selection)
        return _answer(documents.figures_document(found, targets_of(get_record().settings.home)))

    @api.get("/by", response_model=models.GroupsModel)
    def by(
        selection: Whole,
        dimension: Dimension,
        level: Annotated[str | None, Query(max_length=64, description="For branches: level to roll up to.")] = None,
        rank_by: Annotated[str | None, Query(max_length=64, description="Figure that orders the members.")] = None,
    ) -> Response:
        """The figures of complaints of every member of a dimension."""
        with served.opened(get_record()) as quality:
            found = quality.by(dimension, COMPLAINTS, selection=selection, level=level, rank_by=rank_by)
            return _answer(documents.groups_document(found))

    @api.get("/contacts", response_model=models.ContactPageModel)
    def contacts(
        selection: Whole,
        figure: Annotated[str | None, Query(max_length=64, description="Only the complaints that it counts.")] = None,
        after: Annotated[int, Query(ge=0, le=POSITION_MAX)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
    ) -> Response:
        """The complaints themselves, in order of position, without personal content."""
        with served.opened(get_record()) as quality:
            kind = Kind.COMPLAINTS
            return _answer(quality.contacts(kind, figure=figure, selection=selection, after=after, limit=limit))

    return api


def _answer(document: Any) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")


def _add_document(
    api: APIRouter, get_record: Callable[[], Record], served: ServedQuality, *, name: str, model: Any, about: str
) -> None:
    make = getattr(documents, name)

    def read(selection: Selected) -> Response:
        with served.opened(get_record()) as quality:
            return _answer(make(quality, selection))

    api.add_api_route(f"/{name}", read, response_model=model, name=name, summary=about, description=about)


def _add_groups(api: APIRouter, get_record: Callable[[], Record], served: ServedQuality) -> None:
    @api.get("/overview", response_model=models.OverviewModel)
    def overview(selection: Selected, families: Families = None) -> Response:
        """Every figure of a selection."""
        with served.opened(get_record()) as quality:
            found = quality.figures(families or OVERVIEW, selection=selection)
        return _answer(documents.figures_document(found, targets_of(get_record().settings.home)))

    @api.get("/trend", response_model=models.GroupsModel)
    def trend(
        selection: Selected,
        step: Step = Step.MONTH,
        zone: Annotated[str, Query(max_length=64, description="Time zone whose calendar applies.")] = "UTC",
        families: Families = None,
    ) -> Response:
        """Figures period by period; at most 400 periods."""
        with served.opened(get_record()) as quality:
            found = quality.trend(families or OVERVIEW, selection=selection, step=step, zone=zone)
            return _answer(documents.groups_document(found))

    @api.get("/by", response_model=models.GroupsModel)
    def by(
        selection: Selected,
        dimension: Dimension,
        level: Annotated[str | None, Query(max_length=64, description="For branches: level to roll up to.")] = None,
        rank_by: Annotated[str | None, Query(max_length=64, description="Figure that orders the members.")] = None,
        families: Families = None,
    ) -> Response:
        """Figures of every member of a dimension; members with fewer than 30 observations are not ranked."""
        with served.opened(get_record()) as quality:
            found = quality.by(dimension, families or OVERVIEW, selection=selection, level=level, rank_by=rank_by)
            return _answer(documents.groups_document(found))


def _add_evidence(api: APIRouter, get_record: Callable[[], Record], served: ServedQuality) -> None:
    @api.get("/definitions", response_model=list[models.DefinitionModel])
    def read_definitions() -> Response:
        """How every figure is counted, in both languages."""
        return _answer(definitions())

    @api.get("/contacts", response_model=models.ContactPageModel, dependencies=[Depends(may(Right.RECORD_READ))])
    def contacts(
        selection: Selected,
        kind: Annotated[Kind | None, Query(description="Sort of contact; not needed with a figure.")] = None,
        figure: Annotated[str | None, Query(max_length=64, description="Only the contacts that it counts.")] = None,
        after: Annotated[int, Query(ge=0, le=POSITION_MAX)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
    ) -> Response:
        """The contacts behind a figure (by its id) or all of a kind, in order of position, without personal content."""
        with served.opened(get_record()) as quality:
            return _answer(quality.contacts(kind, figure=figure, selection=selection, after=after, limit=limit))
