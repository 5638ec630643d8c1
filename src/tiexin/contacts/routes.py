"""Contacts over HTTP: search, facets, one contact, one subject, export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from tiexin.access.api import caller_of, exported, may, noted, within_reach
from tiexin.access.contracts import Right
from tiexin.contacts import documents, models
from tiexin.contacts.api import Contacts
from tiexin.contacts.contracts import CSV_ROWS_MAX, PAGE_MAX, QUERY_CHARS_MAX, XLSX_ROWS_MAX, ContactFilter, Reach
from tiexin.contacts.people import subjects_of
from tiexin.infra.sheets.answers import csv_answer, xlsx_answer, xlsx_file
from tiexin.infra.sheets.cells import SheetLimitError
from tiexin.kernel.clock import TIME_US_MAX, TIME_US_MIN, to_us
from tiexin.kernel.errors import InvalidInputError
from tiexin.kernel.text import Text
from tiexin.record.api import Record
from tiexin.record.contracts import EventFilter, PersonalState

TEXT_MAX = 1_024
POSITION_MAX = 2**63 - 1
TYPES_MAX = 50
ADDRESS_CHARS_MAX = 4_096

Short = Annotated[str | None, Query(max_length=TEXT_MAX)]
OrNone = Annotated[str | None, Query(max_length=TEXT_MAX, description="Empty: contacts without one.")]
Moment = Annotated[
    str | None,
    Query(max_length=40, description="Day (its midnight UTC) or RFC 3339 moment with zone (write the + as %2B)."),
]
At = Annotated[int, Path(ge=1, le=POSITION_MAX, description="Position of the contact in the record.")]
Subject = Annotated[str, Path(min_length=1, max_length=TEXT_MAX, description="Reference of the customer.")]
Before = Annotated[str | None, Query(max_length=50, description="The `next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
Language = Annotated[Literal["zh-CN", "en"], Query(description="Of the titles.")]
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {"text/csv": {}, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {}},
    }
}


class ContactParameterError(InvalidInputError):
    """A parameter of the search is not possible; names it."""

    code = "invalid_parameter"
    title = "A parameter of the request is not valid"


class PersonalSearch(BaseModel):
    """What somebody typed to find a person; it is kept nowhere."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1, max_length=QUERY_CHARS_MAX)]


async def _filter(
    request: Request,
    q: Annotated[
        str | None, Query(max_length=QUERY_CHARS_MAX, description="A reference, case, ticket, unit, …")
    ] = None,
    kind: Annotated[list[str] | None, Query(max_length=TYPES_MAX, description="Types, or how they begin.")] = None,
    channel: OrNone = None,
    unit: OrNone = None,
    unit_only: Annotated[bool, Query(description="Without the units below it.")] = False,
    product: OrNone = None,
    segment: OrNone = None,
    journey: OrNone = None,
    step: OrNone = None,
    actor: OrNone = None,
    case: Short = None,
    subject: Short = None,
    since: Moment = None,
    until: Moment = None,
) -> ContactFilter:
    within_reach(request, unit)
    texts: dict[str, Any] = {
        "q": q, "channel": channel, "unit": unit, "product": product, "segment": segment, "journey": journey,
        "step": step, "actor": actor, "case": case or None, "subject": subject or None,
    }  # fmt: skip
    for name, value in {**texts, "kind": "".join(kind or ())}.items():
        if value is not None and "\x00" in value:
            msg = f"{name} may not contain the NUL character"
            raise ContactParameterError(msg, parameter=name)
    return ContactFilter(
        types=tuple(dict.fromkeys(kind or ())),
        unit_only=unit_only,
        since_us=_moment("since", since),
        until_us=_moment("until", until),
        **texts,
    )


Wanted = Annotated[ContactFilter, Depends(_filter)]


Words = Mapping[str, Mapping[str, Text]]
"""Part (topics, teams, …) → code → what readers of the installation call it."""


def router(get_record: Callable[[], Record], *, contacts: Contacts, words: Callable[[], Words]) -> APIRouter:
    """Return the routes of contacts.

    Args:
        get_record: gives the opened record once the server has started.
        contacts: what finds them.
        words: gives the words of the installation.
    """
    api = APIRouter(prefix="/v1", tags=["contacts"], dependencies=[Depends(may(Right.RECORD_READ))])
    _add_search(api, get_record, contacts)
    _add_words(api, words)
    _add_export(api, get_record, contacts)
    _add_one(api, get_record, contacts)
    _add_personal(api, get_record, contacts)
    _add_subject(api, get_record, contacts)
    return api


def _add_search(api: APIRouter, get_record: Callable[[], Record], contacts: Contacts) -> None:
    @api.get("/contacts", response_model=models.ContactsModel)
    def search_contacts(request: Request, wanted: Wanted, before: Before = None, limit: Limit = 50) -> Response:
        """Contacts newest first, without personal content."""
        record = get_record()
        page = contacts.search(record, wanted, reach=_reach(request), before=documents.before_of(before), limit=limit)
        names = contacts.units(record)
        return _json(
            {
                "contacts": [documents.line(one, names) for one in page.contacts],
                "next": documents.cursor_of(page.before),
                "meaning": documents.meaning_of(page.meaning, names),
            }
        )

    @api.get("/contacts/facets", response_model=models.FacetsModel)
    def count_contacts(request: Request, wanted: Wanted) -> Response:
        """How many contacts fit, and how they spread over kinds, channels, units, products, segments and journeys."""
        record = get_record()
        found = contacts.facets(record, wanted, reach=_reach(request))
        return _json(documents.facets_of(found, contacts.units(record)))


def _add_words(api: APIRouter, words: Callable[[], Words]) -> None:
    @api.get("/contacts/words", response_model=models.WordsModel)
    def read_words() -> Response:
        """What readers of this installation call its codes, in both languages."""
        return _json({"words": words()})


def _add_export(api: APIRouter, get_record: Callable[[], Record], contacts: Contacts) -> None:
    @api.get("/contacts/export", response_class=Response, responses=FILE, dependencies=[Depends(may(Right.EXPORT))])
    def export_contacts(
        request: Request,
        wanted: Wanted,
        format: Annotated[Literal["csv", "xlsx"], Query()] = "csv",  # noqa: A002  (the parameter's public name)
        language: Language = "en",
        address: Annotated[str, Query(max_length=ADDRESS_CHARS_MAX, description="The page, for the audit.")] = "",
    ) -> Response:
        """All contacts that fit as a file, newest first; the export stands in the record before the file leaves.

        At most 1,000,000 as CSV and 100,000 as XLSX. Personal content is never in it.
        """
        record, most = get_record(), CSV_ROWS_MAX if format == "csv" else XLSX_ROWS_MAX
        n = contacts.facets(record, wanted, reach=_reach(request)).n
        if n > most:
            msg = (
                f"{n:,} contacts fit; a file of the format {format} holds at most {most:,}. "
                "No file was made: choose a shorter period or more filters."
            )
            raise SheetLimitError(msg, limit=most, rows=n)
        positions = contacts.positions(record, wanted, reach=_reach(request))
        columns = documents.columns(language)
        rows = documents.rows(contacts.read(record, positions), contacts.units(record), language=language)
        shown = address or f"{request.url.path}?{request.url.query}"
        sizes = {"rows": len(positions), "columns": len(columns)}
        if format == "csv":
            exported(request, what="contacts", form=format, address=shown, **sizes)
            return csv_answer(columns, rows, what="contacts")
        title = "接触" if language == "zh-CN" else "Contacts"
        who = caller_of(request).name
        file = xlsx_file(columns, rows, title=title, who=who, address=shown, n=len(positions), language=language)
        try:
            exported(request, what="contacts", form=format, address=shown, **sizes)
        except BaseException:
            file.unlink(missing_ok=True)  # what cannot be recorded does not leave
            raise
        return xlsx_answer(file, what="contacts")


def _add_one(api: APIRouter, get_record: Callable[[], Record], contacts: Contacts) -> None:
    @api.get("/contacts/{position}", response_model=models.OneContactModel)
    def read_contact(request: Request, position: At) -> Response:
        """One contact with the definition of its kind, the others of its case, and the subject's next and last."""
        record = get_record()
        found = contacts.around(record, position, reach=_reach(request))
        names = contacts.units(record)
        sealed = found.contact.personal is not PersonalState.NONE
        may_open = sealed and Right.RECORD_PERSONAL in caller_of(request).rights
        return _json(
            {
                "contact": documents.whole(found.contact, names),
                "definition": documents.definition(record, found.contact.event.type),
                "personal": {"state": "sealed" if sealed else "none", "may_open": may_open},
                "of_case": [documents.line(one, names) for one in found.of_case],
                "earlier": found.earlier and documents.line(found.earlier, names),
                "later": found.later and documents.line(found.later, names),
            }
        )


def _add_personal(api: APIRouter, get_record: Callable[[], Record], contacts: Contacts) -> None:
    opens = [Depends(may(Right.RECORD_PERSONAL))]

    @api.post("/contacts/people", response_model=models.FoundPeopleModel, dependencies=opens)
    def find_people(request: Request, wanted: PersonalSearch) -> Response:
        """Find somebody by a telephone number, identity number or name; that it was done stands in the record.

        The text is pseudonymised as imports do it and kept nowhere.
        """
        subjects, tried = subjects_of(get_record(), wanted.text, reach=_reach(request))
        noted(request, "personal_searched", found=len(subjects))
        return _json({"subjects": subjects, "tried": tried})

    @api.post("/contacts/{position}/personal", response_model=models.OpenedModel, dependencies=opens)
    def open_personal(request: Request, position: At) -> Response:
        """Open the personal content of one contact; who opened it stands in the record first."""
        record = get_record()
        one = contacts.contact(record, position, reach=_reach(request))
        if one.personal is PersonalState.NONE:
            return _json({"state": "none", "personal": None})
        noted(request, "personal_opened", position=position, type=one.event.type)
        page = record.read(EventFilter(), after=position - 1, limit=1, personal=True)
        opened = page.events[0]
        return _json({"state": opened.personal, "personal": opened.event.data.get("personal")})


def _add_subject(api: APIRouter, get_record: Callable[[], Record], contacts: Contacts) -> None:
    @api.get("/subjects/{subject}", response_model=models.SubjectModel)
    def read_subject(request: Request, subject: Subject) -> Response:
        """What stands above the course of one subject: counts, complaints, the latest survey answers."""
        return _json(documents.head(contacts.subject(get_record(), _clean(subject), reach=_reach(request))))

    @api.get("/subjects/{subject}/timeline", response_model=models.ContactsModel)
    def read_timeline(
        request: Request,
        subject: Subject,
        kind: Annotated[list[str] | None, Query(max_length=TYPES_MAX, description="Types, or how they begin.")] = None,
        channel: Short = None,
        case: Short = None,
        before: Before = None,
        limit: Limit = 100,
    ) -> Response:
        """The contacts of one subject, newest first."""
        record = get_record()
        named: dict[str, Any] = {"channel": channel or None, "case": case or None}
        for text in (*named.values(), *(kind or ())):
            _clean(text or "")
        wanted = ContactFilter(subject=_clean(subject), types=tuple(kind or ()), **named)
        page = contacts.search(record, wanted, reach=_reach(request), before=documents.before_of(before), limit=limit)
        names = contacts.units(record)
        lines = [documents.line(one, names) for one in page.contacts]
        return _json({"contacts": lines, "next": documents.cursor_of(page.before), "meaning": None})


def _reach(request: Request) -> Reach:
    caller = caller_of(request)
    return Reach(units=caller.units, complaints_anyway=Right.COMPLAINTS_ALL in caller.rights)


def _clean(text: str) -> str:
    if "\x00" in text:
        msg = "A reference may not contain the NUL character"
        raise ContactParameterError(msg)
    return text


def _moment(name: str, given: str | None) -> int | None:
    if given is None:
        return None
    # A plus sign that was not percent-encoded arrives as a space; no moment has one there otherwise.
    text = f"{given[:-6]}+{given[-5:]}" if given[-6:-5] == " " else given
    text = f"{text}T00:00:00Z" if len(text) == 10 else text  # noqa: PLR2004  (a day)
    try:
        time_us = to_us(msgspec.convert(text, datetime))
    except ValueError:
        time_us = TIME_US_MAX + 1
    if not TIME_US_MIN <= time_us <= TIME_US_MAX:
        msg = f"{name} must be a day or an RFC 3339 moment with its zone, for example 2026-03-01T09:30:00Z"
        raise ContactParameterError(msg, parameter=name)
    return time_us


def _json(answer: Any) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")
