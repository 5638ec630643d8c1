"""A customer's own contacts over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from tiexin.access.asking import caller_of, may
from tiexin.access.contracts import Right
from tiexin.kernel.clock import iso_us
from tiexin.kernel.errors import NotAllowedError
from tiexin.record.api import Record
from tiexin.record.contracts import HOUSE_PREFIXES, Event, EventFilter

SHOWN_MAX = 200
"""Most contacts that are shown, the newest."""
SHOWN_PREFIXES = (
    "call.", "chat.", "message.", "branch.", "complaint.", "survey.", "journey.", "ticket.", "app.",
    "decision.", "advice.",
)  # fmt: skip
"""Sorts of contact that a customer was part of; what the institution notes for itself is not among them."""


class NotACustomerError(NotAllowedError):
    """The caller is no customer, so there are no contacts of its own."""

    code = "not_a_customer"


class OwnContact(BaseModel):
    """One contact in plain members; ``answered`` is set for complaints that have their answer."""

    time: str
    kind: str
    channel: str | None
    product: str | None
    step: str | None
    case: str | None
    answered: str | None


class OwnContacts(BaseModel):
    """The customer's newest contacts, how many there are in all, and how many complaints wait for an answer."""

    contacts: list[OwnContact]
    total: int
    complaints_waiting: int


def router(get_record: Callable[[], Record]) -> APIRouter:
    """Return the route of a customer's own contacts.

    Args:
        get_record: gives the opened record once the server has started.
    """
    api = APIRouter(prefix="/v1", tags=["own"], dependencies=[Depends(may(Right.OWN_READ))])

    @api.get("/mine", response_model=OwnContacts)
    def read_mine(request: Request) -> OwnContacts:
        """The contacts that concern the customer who is signed in, newest first; at most 200 are shown."""
        subject = caller_of(request).subject
        if subject is None:
            msg = "Only customers have contacts of their own here."
            raise NotACustomerError(msg)
        found = (recorded.event for recorded in get_record().iterate(EventFilter(subject=subject)))
        return _answer([event for event in found if _is_shown(event.type)])

    return api


def _is_shown(kind: str) -> bool:
    return kind.startswith(SHOWN_PREFIXES) and not kind.startswith(HOUSE_PREFIXES)


def _answer(events: Iterable[Event]) -> OwnContacts:
    newest = sorted(events, key=lambda event: event.time_us, reverse=True)
    answered = {event.case: event.time_us for event in newest if event.type == "complaint.answered.v1" and event.case}
    received = [event for event in newest if event.type == "complaint.received.v1"]
    return OwnContacts(
        contacts=[_contact(event, answered) for event in newest[:SHOWN_MAX]],
        total=len(newest),
        complaints_waiting=sum(event.case not in answered for event in received),
    )


def _contact(event: Event, answered: dict[str, int]) -> OwnContact:
    at_us = answered.get(event.case or "") if event.type == "complaint.received.v1" else None
    return OwnContact(
        time=iso_us(event.time_us),
        kind=event.type,
        channel=event.channel,
        product=event.product,
        step=event.step,
        case=event.case,
        answered=None if at_us is None else iso_us(at_us),
    )
