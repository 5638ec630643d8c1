"""Finding contacts on both stores: by what is indexed and by everything else, in the same order, within reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.events import BASE_US, call
from tiexin.contacts.api import ContactNotFoundError, Contacts, PageSizeError, UnknownSubjectError
from tiexin.contacts.contracts import ContactFilter, Page, Reach
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import SECOND_US, FixedClock
from tiexin.record.api import NewestFilter, Record, newest_events, open_record, positions_of_id
from tiexin.record.contracts import Event

NOW_US = 1_790_000_000_000_000
LAKE_TAIL_MAX = 12
"""So small that most events stand in the lake and the last ones in the tail."""


def _event(number: int, kind: str, **more: Any) -> Event:
    """Return an event ``number`` seconds after the first."""
    values = {
        "id": f"e-{number}",
        "source": "urn:test",
        "type": kind,
        "time_us": BASE_US + number * SECOND_US,
        "data": more.pop("data", {}),
    }
    return Event(**{**values, **more})


def _unit(unit: str, level: str, zh: str, en: str, parent: str | None) -> Event:
    data = {"unit": unit, "level": level, "name_zh": zh, "name_en": en, "valid_from": "2020-01-01"}
    if parent:
        data["parent"] = parent
    return _event(len(unit), "org.unit_opened.v1", id=f"unit-{unit}", data=data)


COMPLAINT = {"subject": "person-1", "case": "c-1", "channel": "phone", "org": "B2", "product": "savings"}
EVENTS = [
    _unit("H", "head_office", "总行", "Head office", None),
    _unit("B1", "branch", "东湖路支行", "East Lake Road", "H"),
    _unit("B1-D", "desk", "东湖路贵宾台", "East Lake Road desk", "B1"),
    _unit("B2", "branch", "古城支行", "Old Town", "H"),
    *(call(number, org="B1" if number % 2 else "B2", segment="retail") for number in range(20)),
    _event(30, "branch.ticket_served.v1", subject="person-2", channel="branch", org="B1-D", data={
        "ticket": "A017", "window": "3", "wait_seconds": 60, "service_seconds": 120}),
    _event(31, "complaint.received.v1", **COMPLAINT, data={"topic": "fees", "due_at": "2026-01-01T00:00:00Z"}),
    _event(32, "complaint.answered.v1", **COMPLAINT, data={"outcome": "relief", "timely": True}),
    _event(33, "complaint.received.v1", **{**COMPLAINT, "case": "c-2"}, data={"topic": "queue"}),
    _event(34, "survey.answered.v1", subject="person-1", channel="app", data={
        "metric": "csat", "score": 2, "scale_min": 1, "scale_max": 5}),
    _event(35, "journey.step_recorded.v1", subject="anna", journey="mortgage", case="m-1", step="decide",
           actor="clerk-9", org="B1", product="mortgage"),
    _event(35, "journey.step_recorded.v1", id="e-35b", subject="anna", journey="mortgage", case="m-1",
           step="pay_out", actor="clerk-9", org="B1", product="mortgage"),
    _event(36, "chat.ended.v1", subject="boris", channel="chat", data={
        "outcome": "answered", "queue_seconds": 1, "talk_seconds": 2, "personal": {"words": "我姓王"}}),
]  # fmt: skip
CONTACTS = len(EVENTS) - 4
EAST = Reach(units=frozenset({"B1", "B1-D"}))


@pytest.fixture
def record(tmp_path: Path, database_url: str) -> Iterator[Record]:
    """A record with 28 contacts, most of them in the lake."""
    settings = Settings(home=tmp_path / "home", database_url=database_url, lake_tail_max=LAKE_TAIL_MAX)
    with open_record(settings, clock=FixedClock(NOW_US)) as opened:
        opened.append(EVENTS[:20])
        opened.close_lake()
        opened.append(EVENTS[20:])
        yield opened


@pytest.fixture
def contacts() -> Iterator[Contacts]:
    """The search."""
    found = Contacts(clock=FixedClock(NOW_US))
    yield found
    found.close()


def ids(page: Page) -> list[str]:
    """Return the ids of a page."""
    return [one.event.id for one in page.contacts]


def everything(contacts: Contacts, record: Record, wanted: ContactFilter, *, limit: int, **more: Any) -> list[str]:
    """Return the ids of all pages."""
    found: list[str] = []
    before = None
    while True:
        page = contacts.search(record, wanted, before=before, limit=limit, **more)
        found += ids(page)
        if page.before is None:
            return found
        before = page.before


def test_all_contacts_come_newest_first_page_by_page_without_loss(record: Record, contacts: Contacts) -> None:
    whole = everything(contacts, record, ContactFilter(), limit=500)
    assert len(whole) == CONTACTS == len(set(whole))
    assert whole[:4] == ["e-36", "e-35b", "e-35", "e-34"]
    assert whole[-1] == "call-0"
    assert everything(contacts, record, ContactFilter(), limit=3) == whole
    # The lake answers in the same order as the record's own index.
    assert everything(contacts, record, ContactFilter(types=("",)), limit=3) == whole


def test_house_and_reference_events_are_no_contacts(record: Record, contacts: Contacts) -> None:
    record.submit_own([_event(99, "access.refused.v1", data={"status": 403, "code": "x", "count": 1})]).result()
    assert "e-99" not in everything(contacts, record, ContactFilter(), limit=50)
    assert contacts.facets(record, ContactFilter()).n == CONTACTS
    with pytest.raises(ContactNotFoundError):
        contacts.contact(record, 1)


@pytest.mark.parametrize(
    ("text", "sort", "found"),
    [
        ("anna", "subject", ["e-35b", "e-35"]),
        ("c-1", "case", ["e-32", "e-31"]),
        ("e-30", "event", ["e-30"]),
        ("call-7", "event", ["call-7"]),
        ("B1-D", "unit", ["e-30"]),
        ("贵宾台", "unit", ["e-30"]),
        ("lake road DESK", "unit", ["e-30"]),
        ("clerk-9", "code", ["e-35b", "e-35"]),
        ("mortgage", "code", ["e-35b", "e-35"]),
        ("A017", "content", ["e-30"]),
        ("queue", "content", ["e-33"]),
        ("nothing like it", "content", []),
        ("' OR 1=1 --", "content", []),
        ('"', "content", []),
    ],
)
def test_a_text_is_understood(record: Record, contacts: Contacts, text: str, sort: str, found: list[str]) -> None:
    page = contacts.search(record, ContactFilter(q=text))
    assert (page.meaning.sort if page.meaning else None, ids(page)) == (sort, found)
    assert contacts.facets(record, ContactFilter(q=text)).n == len(found)


def test_a_position_is_understood(record: Record, contacts: Contacts) -> None:
    [position] = positions_of_id(record, "e-33")
    assert ids(contacts.search(record, ContactFilter(q=f"#{position}"))) == ["e-33"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ContactFilter(types=("complaint.",)), ["e-33", "e-32", "e-31"]),
        (ContactFilter(types=("complaint.answered.v1", "chat.")), ["e-36", "e-32"]),
        (ContactFilter(channel="branch"), ["e-30"]),
        (ContactFilter(channel=""), ["e-35b", "e-35"]),
        (ContactFilter(journey="mortgage", step="decide"), ["e-35"]),
        (ContactFilter(unit="B1", since_us=BASE_US + 30 * SECOND_US), ["e-35b", "e-35", "e-30"]),
        (ContactFilter(unit="B1", unit_only=True, since_us=BASE_US + 30 * SECOND_US), ["e-35b", "e-35"]),
        (ContactFilter(unit="", since_us=BASE_US), ["e-36", "e-34"]),
        (
            ContactFilter(since_us=BASE_US + 34 * SECOND_US, until_us=BASE_US + 36 * SECOND_US),
            ["e-35b", "e-35", "e-34"],
        ),
        (ContactFilter(subject="person-1", types=("complaint.",), channel="phone"), ["e-33", "e-32", "e-31"]),
        (ContactFilter(subject="person-1", unit="B1", since_us=BASE_US + 20 * SECOND_US), []),
        (ContactFilter(case="m-1", q="anna"), ["e-35b", "e-35"]),
        (ContactFilter(subject="person-1", q="c-1"), ["e-32", "e-31"]),
        (ContactFilter(case="c-2", q="c-1"), []),
    ],
)
def test_conditions_hold_together(record: Record, contacts: Contacts, wanted: ContactFilter, found: list[str]) -> None:
    assert ids(contacts.search(record, wanted)) == found
    assert contacts.facets(record, wanted).n == len(found)
    assert [one.event.id for one in contacts.read(record, contacts.positions(record, wanted))] == found


def test_a_reach_bounds_every_way_in(record: Record, contacts: Contacts) -> None:
    mine = everything(contacts, record, ContactFilter(), limit=50, reach=EAST)
    assert {one.event.org for one in newest_events(record, NewestFilter(orgs=EAST.units))} == {"B1", "B1-D"}
    assert len(mine) == 13
    assert contacts.facets(record, ContactFilter(), reach=EAST).n == 13
    assert {member.key for member in contacts.facets(record, ContactFilter(), reach=EAST).facets["org"]} == {
        "B1", "B1-D"
    }  # fmt: skip
    for text in ("c-1", "e-31", "古城", "#26"):
        page = contacts.search(record, ContactFilter(q=text), reach=EAST)
        assert ids(page) == []
    assert ids(contacts.search(record, ContactFilter(case="c-1"), reach=EAST)) == []
    assert ids(contacts.search(record, ContactFilter(unit="H"), reach=EAST)) == mine
    [position] = positions_of_id(record, "e-31")
    with pytest.raises(ContactNotFoundError):
        contacts.around(record, position, reach=EAST)
    with pytest.raises(UnknownSubjectError):
        contacts.subject(record, "boris", reach=EAST)
    taken = contacts.positions(record, ContactFilter(), reach=EAST)
    assert {one.event.org for one in contacts.read(record, taken)} == {"B1", "B1-D"}


def test_consumer_protection_sees_complaints_of_other_units(record: Record, contacts: Contacts) -> None:
    reach = Reach(units=EAST.units, complaints_anyway=True)
    assert ids(contacts.search(record, ContactFilter(types=("complaint.",)), reach=reach)) == ["e-33", "e-32", "e-31"]
    assert ids(contacts.search(record, ContactFilter(case="c-1"), reach=reach)) == ["e-32", "e-31"]
    [position] = positions_of_id(record, "e-31")
    assert contacts.contact(record, position, reach=reach).event.id == "e-31"
    assert contacts.facets(record, ContactFilter(), reach=reach).n == 16


def test_facets_keep_the_members_of_what_is_narrowed_down(record: Record, contacts: Contacts) -> None:
    found = contacts.facets(record, ContactFilter(channel="phone"))
    assert found.n == 23
    assert {one.key: one.n for one in found.facets["channel"]} == {
        "phone": 23, None: 2, "app": 1, "branch": 1, "chat": 1
    }  # fmt: skip
    assert [(one.key, one.n) for one in found.facets["org"]] == [("B2", 13), ("B1", 10)]
    assert (found.first_us, found.last_us) == (BASE_US, BASE_US + 33 * SECOND_US)
    # What is counted follows the record, though counts over closed segments are kept.
    record.append([call(500, org="B2")])
    assert contacts.facets(record, ContactFilter(channel="phone")).n == 24


def test_one_contact_stands_between_its_neighbours(record: Record, contacts: Contacts) -> None:
    [position] = positions_of_id(record, "e-32")
    found = contacts.around(record, position)
    assert [one.event.id for one in found.of_case] == ["e-31", "e-32"]
    assert (found.earlier and found.earlier.event.id, found.later and found.later.event.id) == ("e-31", "e-33")
    [last] = positions_of_id(record, "e-34")
    assert contacts.around(record, last).later is None


def test_the_head_of_a_subject_tells_open_complaints_and_the_latest_scores(record: Record, contacts: Contacts) -> None:
    head = contacts.subject(record, "person-1")
    assert (head.n, head.segment, head.products, head.org) == (8, "retail", ["savings"], "B2")
    assert [(one.case, one.answered_us is None, one.topic, one.timely) for one in head.complaints] == [
        ("c-2", True, "queue", None),
        ("c-1", False, "fees", True),
    ]
    assert [(one.metric, one.score) for one in head.scores] == [("csat", 2.0)]
    assert {one.key: one.n for one in head.channels} == {"phone": 7, "app": 1}
    with pytest.raises(UnknownSubjectError):
        contacts.subject(record, "nobody")


@pytest.mark.parametrize("limit", [0, 501])
def test_a_page_has_its_limit(record: Record, contacts: Contacts, limit: int) -> None:
    with pytest.raises(PageSizeError):
        contacts.search(record, ContactFilter(), limit=limit)
