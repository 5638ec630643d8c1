"""From counts to figures: each family of facts becomes figures with n, interval, definition and way to the contacts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlencode

import msgspec

from tiexin.kernel.clock import iso_us
from tiexin.quality.contracts import RANKABLE_N_MIN, Figure, Selection, Unit
from tiexin.quality.definitions import rules
from tiexin.quality.rules.intervals import Estimate, mean_interval, net_promoter_score, poisson_rate, proportion
from tiexin.quality.rules.quantiles import Histogram, quantile
from tiexin.quality.rules.survival import SurvivalCurve, kaplan_meier, survival_quantile
from tiexin.quality.store import counts as counting

if TYPE_CHECKING:
    from tiexin.quality.store.base import Facts, Slice

Key: TypeAlias = "str | None"
ByKey: TypeAlias = dict[Key, dict[str, Estimate]]
PROMOTER_MIN, DETRACTOR_MAX = 9, 6
CES_EASY_MIN = 5
QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
NO_CONTACT = "no_contact"
"""Nothing in the selection that the figure could be counted from."""
NOT_REACHED = "not_reached"
"""Too many cases are still open for this quantile."""


NO_COMPLAINTS_RECORDED = "no_complaints_recorded"
"""The record holds no complaint at all, of any time or place: none may ever have been sent to it."""


class Unknown(Estimate, frozen=True):
    """A figure that cannot be known, with the reason."""

    reason: str = NO_CONTACT


def share(found: counting.Share) -> Estimate:
    """Return a share with its Wilson interval."""
    return proportion(found.count, n=found.n)


def count(n: int) -> Estimate:
    """Return a count as an estimate without interval."""
    return Estimate(float(n), None, None, n)


def mean_of(histogram: Histogram) -> Estimate:
    """Return the mean of a distribution with its t interval."""
    return mean_interval(histogram.total, total_of_squares=histogram.total_of_squares, n=histogram.n)


def calls(facts: Facts, piece: Slice) -> ByKey:
    """Return the figures of calls by key."""
    return {key: _calls(found) for key, found in counting.queues(facts, "calls", piece).items()}


def _calls(found: counting.QueueCounts) -> dict[str, Estimate]:
    offered = found.answered + found.abandoned
    waits = {f"calls.wait_{name}": quantile(found.wait, at) for name, at in QUANTILES.items()}
    return {
        "calls.offered": count(offered),
        "calls.answered_share": proportion(found.answered, n=offered),
        "calls.abandoned_share": proportion(found.abandoned, n=offered),
        "calls.asa_seconds": mean_of(found.wait),
        "calls.within_20s_share": proportion(found.answered_soon, n=offered),
        "calls.within_20s_share_without_short_abandons": proportion(
            found.answered_soon, n=offered - found.abandoned_soon
        ),
        **waits,
        "calls.talk_mean_seconds": mean_interval(
            found.talk_total, total_of_squares=found.talk_squares, n=found.answered
        ),
    }


def chats(facts: Facts, piece: Slice) -> ByKey:
    """Return the figures of chats by key."""
    return {
        key: {
            "chats.offered": count(found.answered + found.abandoned),
            "chats.answered_share": proportion(found.answered, n=found.answered + found.abandoned),
            "chats.wait_p90": quantile(found.wait, QUANTILES["p90"]),
        }
        for key, found in counting.queues(facts, "chats", piece).items()
    }


def branch(facts: Facts, piece: Slice) -> ByKey:
    """Return the figures of branch queues by key."""
    return {
        key: {
            "branch.served": count(waits.n),
            "branch.wait_p90": quantile(waits, QUANTILES["p90"]),
            "branch.abandoned_share": proportion(given_up, n=waits.n + given_up),
        }
        for key, (waits, given_up) in counting.branch_waits(facts, piece).items()
    }


def csat(facts: Facts, piece: Slice) -> ByKey:
    """Return customer satisfaction by key."""
    found: ByKey = {}
    for key, answers in counting.survey_answers(facts, piece, "csat").items():
        fitting = [(score, highest, n) for score, lowest, highest, n in answers if highest - lowest == 4]  # noqa: PLR2004
        satisfied = sum(n for score, highest, n in fitting if score >= highest - 1)
        found[key] = {"surveys.csat": proportion(satisfied, n=sum(n for _, _, n in fitting))}
    return found


def nps(facts: Facts, piece: Slice) -> ByKey:
    """Return the net promoter score by key."""
    found: ByKey = {}
    for key, answers in counting.survey_answers(facts, piece, "nps").items():
        fitting = [(score, n) for score, lowest, highest, n in answers if (lowest, highest) == (0, 10)]
        promoters = sum(n for score, n in fitting if score >= PROMOTER_MIN)
        detractors = sum(n for score, n in fitting if score <= DETRACTOR_MAX)
        passives = sum(n for _, n in fitting) - promoters - detractors
        found[key] = {"surveys.nps": net_promoter_score(promoters=promoters, passives=passives, detractors=detractors)}
    return found


def ces(facts: Facts, piece: Slice) -> ByKey:
    """Return customer effort by key."""
    found: ByKey = {}
    for key, answers in counting.survey_answers(facts, piece, "ces").items():
        fitting = [(score, n) for score, lowest, highest, n in answers if (lowest, highest) == (1, 7)]
        n = sum(answered for _, answered in fitting)
        total = sum(score * answered for score, answered in fitting)
        squares = sum(score * score * answered for score, answered in fitting)
        easy = sum(answered for score, answered in fitting if score >= CES_EASY_MIN)
        found[key] = {
            "surveys.ces_mean": mean_interval(total, total_of_squares=squares, n=n),
            "surveys.ces_easy_share": proportion(easy, n=n),
        }
    return found


def contacts(facts: Facts, piece: Slice) -> ByKey:
    """Return first-contact resolution and repeats by key."""
    last_us = facts.extent().last_us
    if last_us is None:
        return {}
    return {
        key: {
            "contacts.first_contact_resolution": share(found.settled),
            "contacts.repeat_share": share(found.repeats),
            "contacts.resolved_share": share(found.noted),
        }
        for key, found in counting.contacts(facts, piece, last_us=last_us).items()
    }


def complaints(facts: Facts, piece: Slice) -> ByKey:
    """Return the figures of complaints by key, complaints per 10,000 active customers among them.

    A record without any complaint knows no rate: that none were made cannot be told from that none were recorded.
    """
    counted = complaint_counts(facts, piece)
    if not counted and not counting.any_complaint(facts):
        unknown = Unknown(None, None, None, 0, NO_COMPLAINTS_RECORDED)
        return {
            key: {"complaints.count": unknown, "complaints.per_10000": unknown} for key in facts.active_customers(piece)
        }
    active = facts.active_customers(piece)
    found: ByKey = {}
    for key in counting.keys_of(counted, active):
        counts = counted.get(key)
        found[key] = {
            "complaints.count": count(counts.n if counts else 0),
            "complaints.per_10000": poisson_rate(counts.n if counts else 0, exposure=active.get(key, 0)),
            **(complaint_shares(counts) if counts else {}),
        }
    return found


def complaint_counts(facts: Facts, piece: Slice) -> dict[Key, counting.ComplaintCounts]:
    """Return the counts of complaints by key."""
    last_us = facts.extent().last_us
    return {} if last_us is None else counting.complaints(facts, piece, last_us=last_us)


def complaint_shares(counts: counting.ComplaintCounts) -> dict[str, Estimate]:
    """Return the figures of the complaints of one key that need no number of customers."""
    curve = _curve(counts.hours, counts.ended)
    return {
        "complaints.timely_share": share(counts.timely),
        "complaints.disputed_share": share(counts.disputed),
        "complaints.repeat_share": share(counts.repeats),
        "complaints.resolution_km_p50_hours": survival_quantile(curve, QUANTILES["p50"]),
        "complaints.resolution_km_p90_hours": survival_quantile(curve, QUANTILES["p90"]),
    }


def _curve(hours: object, ended: object) -> SurvivalCurve:
    import numpy as np

    if hours is None or ended is None:
        return SurvivalCurve([], [], [], 0, 0)
    return kaplan_meier(np.asarray(hours, dtype=np.float64), np.asarray(ended, dtype=np.bool_))


def ticket_counts(facts: Facts, piece: Slice) -> dict[Key, counting.TicketCounts]:
    """Return the counts of service tickets by key."""
    last_us = facts.extent().last_us
    return {} if last_us is None else counting.tickets(facts, piece, last_us=last_us)


def tickets(facts: Facts, piece: Slice) -> ByKey:
    """Return the figures of service tickets by key."""
    return {key: ticket_figures(found) for key, found in ticket_counts(facts, piece).items()}


def ticket_figures(found: counting.TicketCounts) -> dict[str, Estimate]:
    """Return the figures of the service tickets of one key."""
    import numpy as np

    hours = Histogram(*np.unique(found.resolved_hours, return_counts=True))
    curve = _curve(found.hours, found.ended)
    return {
        "tickets.count": count(found.n),
        "tickets.sla_met_share": share(found.sla_met),
        "tickets.reopened_share": share(found.reopened),
        **{f"tickets.resolution_{name}_hours": quantile(hours, at) for name, at in QUANTILES.items()},
        **{f"tickets.resolution_km_{name}_hours": survival_quantile(curve, at) for name, at in QUANTILES.items()},
    }


FAMILIES: dict[str, Callable[[Facts, Slice], ByKey]] = {
    "csat": csat,
    "nps": nps,
    "ces": ces,
    "fcr": contacts,
    "calls": calls,
    "chats": chats,
    "branch": branch,
    "complaints": complaints,
    "tickets": tickets,
}
"""Family → how its figures are made; the order is that of publication."""


def publish(estimates: dict[str, Estimate], *, family_ids: Iterable[str], selection: Selection) -> dict[str, Figure]:
    """Return the figures of the ids given; an estimate that is not there is shown as missing, never as 0."""
    absent = Estimate(None, None, None, 0)
    return {name: figure(name, estimates.get(name, absent), selection=selection) for name in family_ids}


def figure(name: str, estimate: Estimate, *, selection: Selection) -> Figure:
    """Return one figure as it may be published."""
    rule = rules()[name]
    missing = None
    if isinstance(estimate, Unknown):
        missing = estimate.reason
    elif estimate.value is None:
        missing = NOT_REACHED if estimate.n else NO_CONTACT
    unit = rule.definition.unit
    return Figure(
        id=name,
        value=estimate.value,
        n=estimate.n,
        low=estimate.low,
        high=estimate.high,
        unit=unit,
        definition=name,
        contacts=contacts_address(name, selection),
        rankable=estimate.value is not None and (estimate.n >= RANKABLE_N_MIN or unit is Unit.COUNT),
        missing=missing,
    )


def contacts_address(name: str, selection: Selection) -> str:
    """Return the address of the contacts that a figure counts in a selection."""
    wanted = {"kind": str(rules()[name].kind), "figure": name}
    for part, value in msgspec.structs.asdict(selection).items():
        if part == "branch_only":
            wanted |= {part: "true"} if value else {}
        elif value is not None and part != "within":
            wanted[part.removesuffix("_us")] = iso_us(value) if part.endswith("_us") else value
    return f"/v1/quality/contacts?{urlencode(wanted)}"


def family_ids(family: str) -> list[str]:
    """Return the ids of the figures of a family, in the order of publication."""
    names = {"csat": ("surveys.csat",), "nps": ("surveys.nps",)}
    if family in names:
        return list(names[family])
    prefix = {"fcr": "contacts.", "ces": "surveys.ces_"}.get(family, f"{family}.")
    return [name for name in rules() if name.startswith(prefix)]
