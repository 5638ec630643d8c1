"""Which contacts a figure counts, as a condition over its fact, so that the way to the contacts leads to just those."""

from __future__ import annotations

from tiexin.quality.contracts import ContactPage, ContactRow
from tiexin.quality.facts import ANSWER_WINDOW_US
from tiexin.quality.store.base import Facts, Slice
from tiexin.quality.store.counts import BY_PERSONS, OFFERED, SERVICE_LEVEL_SECONDS, timely_sql

ALL = "TRUE"
ANSWERED = "f.outcome = 'answered'"
EASE = "f.metric = 'ces' AND f.scale_min = 1 AND f.scale_max = 7"
ENDED_SOON = f"(f.outcome = 'abandoned' AND COALESCE(f.queue_seconds <= {SERVICE_LEVEL_SECONDS}, FALSE))"
LIVED_AS_A_CASE = "f.received_us IS NOT NULL"
RESOLVED = "f.resolved_us IS NOT NULL"

COUNTED = {
    "surveys.csat": "f.metric = 'csat' AND f.scale_max - f.scale_min = 4",
    "surveys.nps": "f.metric = 'nps' AND f.scale_min = 0 AND f.scale_max = 10",
    "surveys.ces_mean": EASE,
    "surveys.ces_easy_share": EASE,
    "contacts.repeat_share": ALL,
    "contacts.resolved_share": "f.resolved IS NOT NULL",
    "calls.offered": OFFERED,
    "calls.answered_share": OFFERED,
    "calls.abandoned_share": OFFERED,
    "calls.within_20s_share": OFFERED,
    "calls.within_20s_share_without_short_abandons": f"{OFFERED} AND NOT {ENDED_SOON}",
    "calls.asa_seconds": ANSWERED,
    "calls.wait_p50": ANSWERED,
    "calls.wait_p90": ANSWERED,
    "calls.wait_p95": ANSWERED,
    "calls.wait_p99": ANSWERED,
    "calls.talk_mean_seconds": ANSWERED,
    "chats.offered": f"{OFFERED} AND {BY_PERSONS}",
    "chats.answered_share": f"{OFFERED} AND {BY_PERSONS}",
    "chats.wait_p90": f"{ANSWERED} AND {BY_PERSONS}",
    "branch.served": "f.type = 'branch.ticket_served.v1'",
    "branch.wait_p90": "f.type = 'branch.ticket_served.v1'",
    "branch.abandoned_share": ALL,
    "complaints.count": ALL,
    # Its n are the active customers; the contacts behind are the complaints above the line.
    "complaints.per_10000": ALL,
    "complaints.disputed_share": "f.disputed IS NOT NULL",
    "complaints.repeat_share": "f.subject IS NOT NULL",
    "complaints.resolution_km_p50_hours": LIVED_AS_A_CASE,
    "complaints.resolution_km_p90_hours": LIVED_AS_A_CASE,
    "tickets.count": ALL,
    "tickets.sla_met_share": "f.sla_met IS NOT NULL",
    "tickets.reopened_share": ALL,
    **{f"tickets.resolution_{name}_hours": RESOLVED for name in ("p50", "p90", "p95", "p99")},
    **{f"tickets.resolution_km_{name}_hours": ALL for name in ("p50", "p90", "p95", "p99")},
}
"""Figure → which rows of its fact it counts, where that does not depend on the end of the record."""


def counted(figure: str, *, last_us: int) -> str:
    """Return the condition that the rows of its fact meet that a figure counts; ``last_us`` is the end of the record.

    Raises:
        KeyError: there is no such figure.
    """
    if figure == "contacts.first_contact_resolution":
        return f"f.time_us <= {last_us - ANSWER_WINDOW_US}"
    if figure == "complaints.timely_share":
        return f"{timely_sql(last_us)} IS NOT NULL"
    return COUNTED[figure]


def page(facts: Facts, piece: Slice, fact: str, condition: str, *, after: int, limit: int) -> ContactPage:
    """Return the contacts of a slice that meet a condition over a fact, in order of position."""
    facts.need(fact)
    sql = (
        "SELECT e.position AS position, e.time_us AS time_us, e.type AS type, e.source AS source, e.id AS id, "
        'e.subject AS subject, e.channel AS channel, e.case_id AS "case", e.org AS org, e.product AS product, '
        "e.segment AS segment FROM events AS e WHERE e.position IN "
        f"(SELECT f.position {piece.source(fact, condition, f'f.position > {int(after)}')} "
        f"ORDER BY 1 LIMIT {int(limit) + 1}) ORDER BY e.position"
    )
    rows = [ContactRow(**row) for row in facts.query(sql, piece.params).to_pylist()]
    more = len(rows) > limit
    return ContactPage(contacts=rows[:limit], next_after=rows[limit - 1].position if more else None)
