"""Compares what the product finds in the record of a demo with what was planted there."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tiexin.app.demo.measured import Effect, complaint_counts, improvement_effect, left_count
from tiexin.app.demo.profile import load_labels
from tiexin.journeys.api import UnknownJourneyError, open_journey
from tiexin.journeys.contracts import JourneyFilter
from tiexin.kernel.statistics import wilson
from tiexin.kernel.text import Text
from tiexin.quality.api import open_quality
from tiexin.quality.contracts import Dimension, Selection

if TYPE_CHECKING:
    from tiexin.record.api import Record

MIX_FROM_PER_CENT = 1.0
"""Smaller shares of the mix of complaints are not compared one by one."""
MIX_N_MIN = 30
LATER = {
    "laundering": Text("洗钱手法", "Laundering patterns"),
    "misconduct": Text("不当销售与失礼", "Mis-selling and discourtesy"),
    "people": Text("各渠道登记的同一个人", "Who is who across channels"),
    "households": Text("家庭", "Households"),
    "group_complaints": Text("群体投诉", "Group complaints"),
    "claim_agents": Text("代理投诉组织", "Organised claim agents"),
}
"""What no part of the product looks for yet."""


class Verdict(StrEnum):
    """How finding and truth compare."""

    FOUND = "found"
    MISSED = "missed"
    WITHIN = "within"
    """The truth lies inside the interval of the finding."""
    OUTSIDE = "outside"
    NOT_LOOKED = "not_looked"
    TOO_FEW = "too_few"
    """There are too few observations to say anything."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One planted thing and what the product says about it.

    ``planted`` and ``found`` are words; where they are numbers as well these stand in ``planted_value``, ``value`` and
    the 95 % interval ``low`` to ``high``, in ``unit`` (share, factor, count), over ``n`` observations.
    """

    id: str
    group: str
    name: Text
    planted: Text
    verdict: Verdict
    found: Text | None = None
    unit: str | None = None
    planted_value: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All lines, how many of each verdict, and the plan of the demo; ``events`` is how many the record held."""

    plan: dict[str, Any]
    events: int
    counts: dict[str, int]
    lines: list[Line]


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """The members of the truth file that are compared; long lists stay unread text."""

    plan: dict[str, Any]
    events: int
    subjects: int
    bottlenecks: list[dict[str, Any]]
    branches: dict[str, Any]
    figures: dict[str, Any]
    improvements: list[dict[str, Any]]
    hazards: dict[str, Any]
    complaints: dict[str, Any]
    laundering: list[msgspec.Raw] = []
    misconduct: list[msgspec.Raw] = []
    people: list[msgspec.Raw] = []
    households: list[msgspec.Raw] = []
    group_complaints: list[msgspec.Raw] = []
    claim_agents: list[msgspec.Raw] = []


def read_truth(file: Path) -> Truth:
    """Return what was planted, from a truth file.

    Raises:
        msgspec.MsgspecError: it is not a truth file of this generation.
    """
    return msgspec.json.decode(file.read_bytes(), type=Truth)


def compare(record: Record, truth: Truth) -> Comparison:
    """Return planted and found side by side; takes a few seconds on a demo of a million events."""
    lines = [
        *_journeys(record, truth),
        *_branches(record, truth),
        *_improvements(record, truth),
        *_complaints(record, truth),
        *_figures(record, truth),
        *_later(truth),
    ]
    counts = {verdict.value: sum(line.verdict is verdict for line in lines) for verdict in Verdict}
    return Comparison(plan=truth.plan, events=record.stats().events, counts=counts, lines=lines)


def _journeys(record: Record, truth: Truth) -> Iterator[Line]:
    labels = load_labels(truth.plan.get("profile", "bank"))
    steps = labels.get("steps", {})

    def passage(start: str, end: str) -> Text:
        one, other = steps.get(start, Text(start, start)), steps.get(end, Text(end, end))
        return Text(f"{one.zh} → {other.zh}", f"{one.en} → {other.en}")

    for planted in truth.bottlenecks:
        name = planted["journey"]
        line = Line(
            id=f"bottleneck.{name}",
            group="journeys",
            name=labels.get("journeys", {}).get(name, Text(name, name)),
            planted=passage(planted["from"], planted["to"]),
            verdict=Verdict.TOO_FEW,
            unit="share",
            planted_value=planted["share_of_waiting"],
        )
        try:
            with open_journey(record, JourneyFilter(name=name)) as journey:
                [first, *_] = [*journey.bottlenecks(), None]
        except UnknownJourneyError:
            first = None
        if first is None or first.rank is None:
            yield line
            continue
        right = (first.source, first.target) == (planted["from"], planted["to"])
        yield msgspec.structs.replace(
            line,
            found=passage(first.source, first.target),
            verdict=Verdict.FOUND if right else Verdict.MISSED,
            value=first.share,
            low=first.share_low,
            high=first.share_high,
            n=first.count,
        )


def _branches(record: Record, truth: Truth) -> Iterator[Line]:
    figure = "branch.wait_p90"
    with open_quality(record) as quality:
        groups = quality.by(Dimension.BRANCH, ["branch"], selection=Selection(), level="branch").groups
    ranked = sorted(
        ((group.figures[figure].value or 0.0, group) for group in groups if group.figures[figure].rankable),
        key=lambda entry: (entry[0], entry[1].key or ""),
    )
    wanted = (("slow", -1, Text("最慢的网点", "Slowest branch")), ("better", 0, Text("最快的网点", "Fastest branch")))
    names = {group.key: group.name or Text(group.key or "", group.key or "") for group in groups}
    for kind, place, name in wanted:
        for planted in truth.branches.get(kind, []):
            unit = planted["unit"]
            line = Line(
                id=f"branch.{kind}.{unit}",
                group="branches",
                name=name,
                planted=names.get(unit, Text(unit, unit)),
                verdict=Verdict.TOO_FEW,
            )
            if ranked:
                _, at = ranked[place]
                hit = Verdict.FOUND if at.key == unit else Verdict.MISSED
                found = names.get(at.key)
                line = msgspec.structs.replace(line, found=found, verdict=hit, n=at.figures[figure].n)
            yield line


def _improvements(record: Record, truth: Truth) -> Iterator[Line]:
    """Waits of treated branches after against before, over those of untreated branches in the same days."""
    changed = {change["unit"] for change in truth.branches.get("changes", [])}
    changed |= {change["into"] for change in truth.branches.get("changes", []) if change["into"]}
    for planted in truth.improvements:
        control = [unit for unit in planted["untreated"] if unit not in changed]
        effect = improvement_effect(record, since=planted["at_utc"], treated=planted["treated"], control=control)
        factor = planted["true_factor"]
        yield Line(
            id=f"improvement.{planted['improvement']}",
            group="improvements",
            name=Text(planted["zh"], planted["en"]),
            planted=_factor(factor),
            planted_value=factor,
            unit="factor",
            **_measured(effect, factor),
        )


def _measured(effect: Effect | None, planted: float) -> dict[str, Any]:
    if effect is None:
        return {"verdict": Verdict.TOO_FEW}
    inside = effect.low <= planted <= effect.high
    return {
        "found": _factor(effect.value),
        "verdict": Verdict.WITHIN if inside else Verdict.OUTSIDE,
        "value": effect.value,
        "low": effect.low,
        "high": effect.high,
        "n": effect.n,
    }


def _complaints(record: Record, truth: Truth) -> Iterator[Line]:
    labels = load_labels(truth.plan.get("profile", "bank")).get("complaint_business", {})
    for origin, section in (("own_volume", "own"), ("transferred", "regulator")):
        shares = truth.complaints[origin]["planted"]["business"]
        counted = complaint_counts(record, transferred=section == "regulator")
        total = sum(counted.values())
        scale = sum(shares.values()) if section == "own" else 100.0
        for business, per_cent in shares.items():
            if per_cent < MIX_FROM_PER_CENT:
                continue
            share, name = per_cent / scale, labels.get(business, Text(business, business))
            line = Line(
                id=f"complaints.{section}.{business}",
                group="complaints" if section == "own" else "transferred",
                name=name,
                planted=_per_cent(share),
                planted_value=share,
                unit="share",
                verdict=Verdict.TOO_FEW,
                n=total,
            )
            if total >= MIX_N_MIN:
                number = counted.get(business, 0)
                low, high = wilson(number, n=total)
                inside = Verdict.WITHIN if low <= share <= high else Verdict.OUTSIDE
                found = _per_cent(number / total)
                line = msgspec.structs.replace(
                    line, found=found, verdict=inside, value=number / total, low=low, high=high
                )
            yield line


def _figures(record: Record, truth: Truth) -> Iterator[Line]:
    calls, complaints, csat = (truth.figures[name] for name in ("calls", "complaints", "csat"))
    with open_quality(record) as quality:
        found = quality.figures(["calls", "complaints", "csat"], selection=Selection()).figures
    shares = (
        (
            "calls.answered_share",
            Text("电话接通率", "Calls answered"),
            calls.get("answered", 0),
            calls.get("offered", 0),
        ),
        ("surveys.csat", Text("满意度", "Satisfaction"), csat.get("top2", 0), csat.get("n", 0)),
        (
            "complaints.timely_share",
            Text("投诉按时办结", "Complaints answered in time"),
            complaints.get("timely", 0),
            complaints.get("answered", 0) + complaints.get("overdue", 0),
        ),
    )
    for figure, name, number, n in shares:
        said = found[figure]
        exact = n > 0 and said.n == n and said.value is not None and abs(said.value - number / n) < 1e-9  # noqa: PLR2004
        yield Line(
            id=f"figure.{figure}",
            group="figures",
            name=name,
            planted=_per_cent(number / n) if n else Text("—", "—"),
            found=_per_cent(said.value) if said.value is not None else None,
            verdict=Verdict.TOO_FEW if not n else Verdict.FOUND if exact else Verdict.MISSED,
            unit="share",
            planted_value=number / n if n else None,
            value=said.value,
            low=said.low,
            high=said.high,
            n=said.n,
        )
    yield _count("events", Text("全部事件", "All events"), truth.events, record.stats().events)
    yield _count("left", Text("离开的客户", "Customers who left"), truth.hazards["left"], left_count(record))


def _count(name: str, text: Text, planted: int, found: int) -> Line:
    return Line(
        id=f"figure.{name}",
        group="figures",
        name=text,
        planted=Text(f"{planted:,}", f"{planted:,}"),
        found=Text(f"{found:,}", f"{found:,}"),
        verdict=Verdict.FOUND if planted == found else Verdict.MISSED,
        unit="count",
        planted_value=planted,
        value=found,
    )


def _later(truth: Truth) -> Iterator[Line]:
    for name, text in LATER.items():
        count = len(getattr(truth, name))
        planted = Text(f"已埋设 {count:,} 条", f"{count:,} planted")
        yield Line(
            id=name,
            group="later",
            name=text,
            planted=planted,
            verdict=Verdict.NOT_LOOKED,
            planted_value=count,
            unit="count",
        )


def _factor(value: float) -> Text:
    change = round(100 * (value - 1))
    if change == 0:
        return Text("没有变化", "no change")
    more = change > 0
    return Text(
        f"等候时间{'增加' if more else '减少'} {abs(change)}%", f"waits {'rise' if more else 'fall'} by {abs(change)}%"
    )


def _per_cent(share: float) -> Text:
    return Text(f"{100 * share:.1f}%", f"{100 * share:.1f}%")
