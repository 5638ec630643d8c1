"""Decision trails over HTTP: for those who serve customers (``/v1/trust/…``) and for customers (``/v1/own/…``).

What does not exist, lies out of reach or is protected gets the same answer, as with receipts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from tiexin.access.api import caller_of, exported, may
from tiexin.access.contracts import Right
from tiexin.kernel.errors import InvalidInputError, NotAllowedError
from tiexin.kernel.text import Text
from tiexin.trust.api import Trust
from tiexin.trust.receipts.lookup import Reach
from tiexin.trust.trail.desk import TrailDesk

TEXT_MAX: Final = 1_024
POSITION_MAX: Final = 2**63 - 1
MEDIA_TYPE: Final = "application/vnd.c2sp.tlog-proof"

At = Annotated[int, Path(ge=1, le=POSITION_MAX, description="Position of the event the chain ends with.")]
StepAt = Annotated[
    int | None, Query(ge=1, le=POSITION_MAX, description="Position of the step; none: the one the chain ends with.")
]
FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "The proof.", "content": {MEDIA_TYPE: {}}}}


class TrailQuestionError(InvalidInputError):
    """The case asked for cannot be one."""

    code = "invalid_parameter"


class NotACustomerError(NotAllowedError):
    """The caller is no customer, so there are no trails of its own."""

    code = "not_a_customer"


class BothModel(BaseModel):
    """A text in both languages."""

    zh: str
    en: str


class InputModel(BaseModel):
    """Something that was looked at: its name, and a salted commitment to its value (SHA-256, hexadecimal)."""

    name: str
    commitment: str


class RuleModel(BaseModel):
    """By which rule, score card or model it was decided, in which version."""

    name: str
    version: str


class ReasonModel(BaseModel):
    """A reason with a stable code, in both languages."""

    code: str
    zh: str
    en: str


class StepModel(BaseModel):
    """One step of a chain."""

    position: int
    index: int = Field(description="Number of its leaf in the log, from 0.")
    source: str
    id: str
    type: str
    time: str
    case: str | None
    title: BothModel
    actor: str | None = Field(description="Who acted; customers are not told.")
    inputs: list[InputModel]
    rule: RuleModel | None
    reasons: list[ReasonModel]
    previous: list[int] = Field(description="Positions of the steps that this one rests on.")
    proof: str | None = Field(description="Where its proof can be had; null while the log does not cover it.")
    broken: str | None = Field(description="What is wrong with the step (a code), null when it holds.")
    broken_text: BothModel | None


class TrailModel(BaseModel):
    """A chain, oldest step first; at most 200 steps."""

    steps: list[StepModel]


Words = Callable[[], Mapping[str, Mapping[str, Text]]]


def trail_routers(get_trust: Callable[[], Trust], *, words: Words) -> list[APIRouter]:
    """Return the routes of trails.

    Args:
        get_trust: gives the opened log once the server has started.
        words: gives what readers of the installation call its codes, by part.
    """
    return [_staff_router(get_trust, words), _own_router(get_trust, words)]


def _staff_router(get_trust: Callable[[], Trust], words: Words) -> APIRouter:
    api = APIRouter(prefix="/v1/trust", tags=["trust"], dependencies=[Depends(may(Right.RECEIPTS_MAKE))])

    def desk(request: Request) -> TrailDesk:
        caller = caller_of(request)
        complaints = Right.COMPLAINTS_ALL in caller.rights
        # A customer's key is bounded to that customer, whatever else it may do.
        reach = Reach(units=caller.units, complaints=complaints, subject=caller.subject)
        return TrailDesk(get_trust(), reach=reach, words=words())

    @api.get("/trail/{position}", response_model=TrailModel)
    def read_trail(request: Request, position: At) -> Response:
        """What an event rests on, step by step, each checked against the record and the log."""
        return _json(desk(request).of_position(position, address=_address))

    @api.get("/trail/{position}/proof", response_class=Response, responses=FILE)
    def read_step_proof(request: Request, position: At, step: StepAt = None) -> Response:
        """Return the proof of a step of a chain; that it was taken out stands in the record."""
        return _proof(request, desk(request).proof(position, step=step or position), step or position)

    @api.get("/cases/{case}/trail", response_model=TrailModel)
    def read_case_trail(request: Request, case: Annotated[str, Path(min_length=1, max_length=TEXT_MAX)]) -> Response:
        """What the decisions of a case rest on, as one chain; no steps when nothing in it names what it rests on."""
        if "\x00" in case:
            msg = "A case may not contain the NUL character."
            raise TrailQuestionError(msg)
        return _json(desk(request).of_case(case, address=_address))

    return api


def _own_router(get_trust: Callable[[], Trust], words: Words) -> APIRouter:
    api = APIRouter(prefix="/v1/own", tags=["own"], dependencies=[Depends(may(Right.OWN_READ))])

    def desk(request: Request) -> TrailDesk:
        subject = caller_of(request).subject
        if subject is None:
            msg = "Only customers have trails of their own here."
            raise NotACustomerError(msg)
        return TrailDesk(get_trust(), reach=Reach(subject=subject), words=words(), actors=False)

    @api.get("/trail/{position}", response_model=TrailModel)
    def read_own_trail(request: Request, position: At) -> Response:
        """How a decision about the customer who is signed in came about, step by step."""
        return _json(desk(request).of_position(position, address=_own_address))

    @api.get("/trail/{position}/proof", response_class=Response, responses=FILE)
    def read_own_step_proof(request: Request, position: At, step: StepAt = None) -> Response:
        """Return the proof of a step of a chain of the customer who is signed in."""
        return _proof(request, desk(request).proof(position, step=step or position), step or position)

    return api


def _address(end: int, step: int) -> str:
    return f"/v1/trust/trail/{end}/proof?step={step}"


def _own_address(end: int, step: int) -> str:
    return f"/v1/own/trail/{end}/proof?step={step}"


def _proof(request: Request, content: bytes, step: int) -> Response:
    """Return a proof as a download; what leaves stands in the record first."""
    exported(request, what="trail_step", form="tlog-proof", rows=1, columns=None, address=request.url.path)
    name = f"step-{step - 1}.tlog-proof"
    return Response(content, media_type=MEDIA_TYPE, headers={"content-disposition": f'attachment; filename="{name}"'})


def _json(answer: Any) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")
