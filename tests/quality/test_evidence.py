"""The way from a figure leads to exactly the contacts it counts."""

from __future__ import annotations

import pytest

from tests.quality.conftest import START_US, call, event, survey
from tiexin.quality.api import OVERVIEW, Quality, UnknownFigureError, definitions, open_quality
from tiexin.quality.contracts import Dimension, Kind, Selection
from tiexin.quality.definitions import rules
from tiexin.quality.served import ServedQuality
from tiexin.quality.store.evidence import counted
from tiexin.record.api import Record
from tiexin.record.contracts import Event

ALL = Selection()
OF_CUSTOMERS = "complaints.per_10000"
"""Its n are customers; behind it stand complaints."""


def positions(quality: Quality, figure: str, *, selection: Selection = ALL) -> list[int]:
    return [row.position for row in quality.contacts(figure=figure, selection=selection, limit=1_000).contacts]


def fill(record: Record) -> None:
    """Append one of every sort that some figure of the family counts and another does not."""
    chat = {"outcome": "answered", "talk_seconds": 1, "queue_seconds": 3}
    queue = {"ticket": "A1", "wait_seconds": 300}
    case = {"subject": "a", "channel": "app", "case": "k1"}
    ticket = {"state": "s", "modification": 0, "reassignment_count": 0, "reopen_count": 0}
    opened = {"opened_at": "2026-01-01T00:00:00Z"}
    record.append(
        [
            call(day=0, subject="a"),
            call(day=1, outcome="abandoned", queue=5),
            call(day=1, outcome="abandoned", queue=50),
            call(day=1, outcome="phantom"),
            survey("csat", 4, scale=(1, 5)),
            survey("csat", 9, scale=(1, 10)),
            survey("nps", 9, scale=(0, 10)),
            survey("nps", 3, scale=(1, 5)),
            survey("ces", 5, scale=(1, 7)),
            event("chat.ended.v1", day=1, data=chat, channel="chat"),
            event("chat.ended.v1", day=1, data={**chat, "bot_only": True}, channel="chat"),
            event("chat.ended.v1", day=1, data={**chat, "outcome": "abandoned"}, channel="chat"),
            event(
                "branch.ticket_served.v1", day=1, data={**queue, "window": "1", "service_seconds": 5}, channel="branch"
            ),
            event("branch.ticket_abandoned.v1", day=1, data=queue, channel="branch"),
            event("complaint.received.v1", day=1, data={"topic": "fees"}, **case),
            event("complaint.answered.v1", day=2, data={"outcome": "explanation", "timely": True}, **case),
            event("complaint.recorded.v1", day=3, data={"outcome": "closed", "timely": True, "disputed": False}),
            event("complaint.recorded.v1", day=3, data={"outcome": "closed"}),
            event("ticket.updated.v1", day=3, case="t1", data={**ticket, **opened, "sla_met": True}),
            event(
                "ticket.updated.v1",
                day=4,
                case="t2",
                data={**ticket, **opened, "sla_met": False, "resolved_at": "2026-01-02T00:00:00Z"},
            ),
            call(day=20, subject="a"),
        ]
    )


@pytest.mark.parametrize("way", ["analysis", "server"])
def test_n_is_the_number_of_contacts_behind_every_figure(record: Record, way: str) -> None:
    fill(record)
    served = ServedQuality()
    with open_quality(record) if way == "analysis" else served.opened(record) as quality:
        figures = quality.figures(OVERVIEW, selection=ALL).figures
        found = {name: len(positions(quality, name)) for name in figures}
    served.close()
    rate = found.pop(OF_CUSTOMERS)
    assert rate == figures["complaints.count"].n == 3
    assert found == {name: figure.n for name, figure in figures.items() if name != OF_CUSTOMERS}
    assert min(figures[name].n for name in figures if name != "contacts.resolved_share") > 0


def test_the_contacts_are_those_of_the_metric_and_scale(record: Record) -> None:
    fill(record)
    with open_quality(record) as quality:
        assert positions(quality, "surveys.csat") == [5]
        assert positions(quality, "surveys.nps") == [7]
        assert positions(quality, "surveys.csat", selection=Selection(until_us=START_US)) == []
        # All of a kind are still to be had.
        every = quality.contacts(Kind.SURVEYS, selection=ALL).contacts
    assert [row.position for row in every] == [5, 6, 7, 8, 9]


def test_every_figure_says_what_it_counts() -> None:
    assert [definition.id for definition in definitions()] == [name for name in rules() if counted(name, last_us=0)]


@pytest.mark.parametrize(("kind", "figure"), [(None, None), (None, "magic"), (Kind.CALLS, "surveys.csat")])
def test_contacts_of_no_figure_are_refused(record: Record, kind: Kind | None, figure: str | None) -> None:
    with open_quality(record) as quality, pytest.raises(UnknownFigureError, match="no figure"):
        quality.contacts(kind, figure=figure, selection=ALL)


def unit(code: str, level: str, parent: str | None) -> Event:
    """Return the opening of a unit."""
    data = {"unit": code, "level": level, "name_zh": code, "name_en": code, "valid_from": "2020-01-01"}
    return event("org.unit_opened.v1", day=0, data=data | ({"parent": parent} if parent else {}))


@pytest.mark.parametrize("level", [None, "first_level_branch", "branch", "desk"])
def test_the_contacts_of_a_unit_are_as_many_as_its_row_counts(record: Record, level: str | None) -> None:
    record.append(
        [
            unit("H", "head_office", None),
            unit("F", "first_level_branch", "H"),
            unit("B", "branch", "F"),
            unit("D", "desk", "B"),
            unit("OLD", "branch", "F"),
            event("org.unit_merged.v1", day=1, data={"unit": "OLD", "into": "B", "valid_from": "2025-01-01"}),
            *(
                call(day=2, org=org)
                for org, n in {"H": 1, "F": 2, "B": 3, "D": 4, "OLD": 5, "X": 6}.items()
                for _ in range(n)
            ),
        ]
    )
    with open_quality(record) as quality:
        groups = quality.by(Dimension.BRANCH, ["calls"], selection=ALL, level=level).groups
        assert sum(group.figures["calls.offered"].n for group in groups) == 21
        for group in groups:
            figure = group.figures["calls.offered"]
            only = "branch_only=true" in figure.contacts
            chosen = Selection(branch=group.key, branch_only=only)
            assert len(positions(quality, "calls.offered", selection=chosen)) == figure.n, (level, group.key)
