"""Receipts over HTTP: for those who serve customers (``/v1/trust/…``) and for customers themselves (``/v1/own/…``).

Whatever may not be given out is not there: an event that does not exist, lies out of reach, has no receipt or is
protected gets the same answer, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from tiexin.access.api import caller_of, exported, is_https, may
from tiexin.access.contracts import Right
from tiexin.kernel.errors import InvalidInputError, NotAllowedError
from tiexin.trust.api import Trust
from tiexin.trust.evidence import evidence_of
from tiexin.trust.receipts.api import Office
from tiexin.trust.receipts.lookup import NoReceiptError, Reach, Receipt

TEXT_MAX: Final = 1_024
POSITION_MAX: Final = 2**63 - 1
PROOF: Final = "application/vnd.c2sp.tlog-proof"
PDF: Final = "application/pdf"
ZIP: Final = "application/zip"
OWN_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Names of a server on trial; nobody else's page can be there."""

At = Annotated[int, Path(ge=1, le=POSITION_MAX, description="Position of the event in the record.")]
Text = Annotated[str | None, Query(min_length=1, max_length=TEXT_MAX)]
FILES: dict[int | str, dict[str, Any]] = {200: {"description": "The file.", "content": {PROOF: {}, PDF: {}, ZIP: {}}}}


class ReceiptQuestionError(InvalidInputError):
    """Receipts were asked for by none or several of event, position and case; exactly one is possible."""

    code = "invalid_parameter"


class NotACustomerError(NotAllowedError):
    """The caller is no customer, so there are no receipts of its own."""

    code = "not_a_customer"


class BothModel(BaseModel):
    """A text in both languages."""

    zh: str
    en: str


class ReceiptModel(BaseModel):
    """An event that has a receipt; ``in_log`` tells whether the published log covers it already."""

    position: int
    index: int
    id: str
    type: str
    kind: str = Field(description="complaint, consent, decision, advice, payment, erasure, or the institution's own.")
    kind_text: BothModel
    time: str
    case: str | None
    in_log: bool


class ReceiptsModel(BaseModel):
    """The receipts that fit, at most 200."""

    items: list[ReceiptModel]


def receipts_router(get_trust: Callable[[], Trust]) -> APIRouter:
    """Return the routes of receipts for those who may make them, within their reach."""
    api = APIRouter(prefix="/v1/trust", tags=["trust"], dependencies=[Depends(may(Right.RECEIPTS_MAKE))])

    @api.get("/receipts", response_model=ReceiptsModel)
    def find_receipts(
        request: Request,
        event: Text = None,
        position: Annotated[int | None, Query(ge=1, le=POSITION_MAX)] = None,
        case: Text = None,
    ) -> Response:
        """Return which receipts there are for an event, a position or a case; none is an empty list."""
        office, reach = _office(request, get_trust()), _reach(request)
        if sum(one is not None for one in (event, position, case)) != 1:
            msg = "Ask for one of event, position and case."
            raise ReceiptQuestionError(msg)
        return _items(office, _found(office, reach, _clean(event), position, _clean(case)))

    @api.get("/receipts/{position}/proof", response_class=Response, responses=FILES)
    def read_proof(request: Request, position: At) -> Response:
        """Return the proof of one event (.tlog-proof); that it was taken out stands in the record."""
        content = _office(request, get_trust()).proof(position, reach=_reach(request))
        return _file(request, content, PROOF, what="receipt", name=f"receipt-{position - 1}.tlog-proof")

    @api.get("/receipts/{position}/certificate", response_class=Response, responses=FILES)
    def read_certificate(request: Request, position: At) -> Response:
        """Return the certificate of one event (PDF with its proof inside, signed)."""
        content = _office(request, get_trust()).certificate(position, reach=_reach(request))
        return _file(request, content, PDF, what="certificate", name=f"receipt-{position - 1}.pdf")

    @api.get("/cases/{case}/bundle", response_class=Response, responses=FILES)
    def read_bundle(request: Request, case: Annotated[str, Path(min_length=1, max_length=TEXT_MAX)]) -> Response:
        """Return the evidence bundle of a case: records, proofs, certificates and a signed list (ZIP)."""
        office = _office(request, get_trust())
        content, events = evidence_of(get_trust(), office, _clean(case) or "", reach=_reach(request))
        return _file(request, content, ZIP, what="evidence_bundle", name="evidence.zip", rows=events)

    return api


def own_receipts_router(get_trust: Callable[[], Trust]) -> APIRouter:
    """Return the routes of a customer's own receipts."""
    api = APIRouter(prefix="/v1/own", tags=["own"], dependencies=[Depends(may(Right.OWN_READ))])

    @api.get("/receipts", response_model=ReceiptsModel)
    def list_own(request: Request) -> Response:
        """The receipts of the customer who is signed in, newest first; at most 200."""
        office = _office(request, get_trust())
        return _items(office, office.receipts.of_subject(_own(request).subject or ""))

    @api.get("/receipts/{position}/proof", response_class=Response, responses=FILES)
    def read_own_proof(request: Request, position: At) -> Response:
        """Return the proof of one event of the customer who is signed in."""
        content = _office(request, get_trust()).proof(position, reach=_own(request))
        return _file(request, content, PROOF, what="own_receipt", name=f"receipt-{position - 1}.tlog-proof")

    @api.get("/receipts/{position}/certificate", response_class=Response, responses=FILES)
    def read_own_certificate(request: Request, position: At) -> Response:
        """Return the certificate of one event of the customer who is signed in (PDF)."""
        content = _office(request, get_trust()).certificate(position, reach=_own(request))
        return _file(request, content, PDF, what="own_certificate", name=f"receipt-{position - 1}.pdf")

    return api


def _found(office: Office, reach: Reach, event: str | None, position: int | None, case: str | None) -> list[Receipt]:
    if event is not None:
        return office.receipts.of_event(event, reach=reach)
    if case is not None:
        return office.receipts.of_case(case, reach=reach)
    try:
        return [office.receipts.at(position or 0, reach=reach)]
    except NoReceiptError:
        return []


def _office(request: Request, trust: Trust) -> Office:
    host = request.headers.get("host", "")
    # What a customer's program says of the server's name must not come under the seal of the institution: the page it
    # leads to could call anything genuine. Such certificates name only the address that the institution itself gave.
    believed = caller_of(request).subject is None or _host_name(host) in OWN_MACHINE
    address = f"{'https' if is_https(request.scope) else 'http'}://{host}" if host and believed else None
    house = request.app.state.opened.access().institution.house()
    return Office(trust, address=address, house=" ".join(filter(None, (house.name_zh, house.name_en))))


def _host_name(host: str) -> str:
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def _reach(request: Request) -> Reach:
    caller = caller_of(request)
    # A customer's key to make receipts is bounded to that customer, whatever else it may do.
    return Reach(units=caller.units, complaints=Right.COMPLAINTS_ALL in caller.rights, subject=caller.subject)


def _own(request: Request) -> Reach:
    subject = caller_of(request).subject
    if subject is None:
        msg = "Only customers have receipts of their own here."
        raise NotACustomerError(msg)
    return Reach(subject=subject)


def _clean(text: str | None) -> str | None:
    if text is not None and "\x00" in text:
        msg = "A reference may not contain the NUL character."
        raise ReceiptQuestionError(msg)
    return text


def _items(office: Office, receipts: list[Receipt]) -> Response:
    items = [office.line(one) for one in receipts]
    return Response(msgspec.json.encode({"items": items}), media_type="application/json")


def _file(request: Request, content: bytes, kind: str, *, what: str, name: str, rows: int = 1) -> Response:
    """Return a file as a download; what leaves stands in the record first."""
    form = name.rpartition(".")[2]
    exported(request, what=what, form=form, rows=rows, columns=None, address=request.url.path)
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})
