"""Which change of the organisation is possible, and what it does: pure logic over the dated tree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, ClassVar, NamedTuple

from tiexin.access.institution.contracts import Act, UnitChange
from tiexin.kernel.errors import InvalidInputError
from tiexin.kernel.text import Text
from tiexin.record.api import Level, OrgTree, Unit

EARLIEST = date(1949, 10, 1)
AHEAD_DAYS_MAX = 730
"""How far ahead a change may be entered."""
RANKS = {level: rank for rank, level in enumerate(Level)}
TYPES = {
    Act.OPEN: "org.unit_opened.v1",
    Act.RENAME: "org.unit_renamed.v1",
    Act.MOVE: "org.unit_moved.v1",
    Act.MERGE: "org.unit_merged.v1",
    Act.CLOSE: "org.unit_closed.v1",
}
NEEDED = {
    Act.OPEN: ("level", "name_zh", "name_en"),
    Act.RENAME: ("name_zh", "name_en"),
    Act.MOVE: ("parent",),
    Act.MERGE: ("into",),
    Act.CLOSE: (),
}


class UnitChangeError(InvalidInputError):
    """The change does not fit the organisation; says why, and that nothing was recorded."""

    code: ClassVar[str] = "unit_change"
    title: ClassVar[str] = "The change does not fit the organisation"


class Misfit(NamedTuple):
    """Why a change is not possible, and the member to correct."""

    reason: str
    member: str = "unit"


def check(change: UnitChange, tree: OrgTree, *, days: Sequence[date], today: date) -> None:
    """Pass if a change fits the tree.

    Args:
        change: the change wanted.
        tree: as the record has it.
        days: on which the unit changed before.
        today: in the institution.

    Raises:
        UnitChangeError: it does not; names the member to correct.
    """
    found = _incomplete(change) or _out_of_time(change, days=days, today=today)
    found = found or (_opening(change, tree) if change.act is Act.OPEN else _standing(change, tree))
    if found is not None:
        msg = f"{found.reason} Nothing was recorded."
        raise UnitChangeError(msg, member=found.member)


def _incomplete(change: UnitChange) -> Misfit | None:
    missing = next((name for name in NEEDED[change.act] if getattr(change, name) is None), None)
    return Misfit(f"To {change.act.value} a unit, {missing} is needed.", missing) if missing else None


def _out_of_time(change: UnitChange, *, days: Sequence[date], today: date) -> Misfit | None:
    if not EARLIEST <= change.valid_from <= today + timedelta(days=AHEAD_DAYS_MAX):
        reason = f"A change holds from {EARLIEST.isoformat()} at the earliest and within two years from today."
        return Misfit(reason, "valid_from")
    if days and change.valid_from < max(days):
        reason = f"{change.unit} changed on {max(days).isoformat()} already; a later change cannot hold before that."
        return Misfit(reason, "valid_from")
    return None


def _opening(change: UnitChange, tree: OrgTree) -> Misfit | None:
    if tree.unit(change.unit, on=date.max) is not None:
        return Misfit(f"A unit of the code {change.unit} exists already; codes are never used twice.")
    if change.parent is not None:
        return _unfit_parent(change, tree, level=Level(str(change.level)))
    if change.level != Level.HEAD_OFFICE:
        return Misfit("Every unit but a head office reports to another one; name it.", "parent")
    return None


def _standing(change: UnitChange, tree: OrgTree) -> Misfit | None:
    unit = _open_unit(change.unit, change, tree)
    if unit is None:
        return Misfit(f"There is no open unit {change.unit} on {change.valid_from.isoformat()}.")
    own = tree.subtree(change.unit, on=change.valid_from) | {change.unit}
    if change.act is Act.MOVE and change.parent in own:
        return Misfit(f"{change.parent} belongs to {change.unit} itself; that would be a circle.", "parent")
    if change.act is Act.MOVE:
        return _unfit_parent(change, tree, level=unit.level)
    if change.act is Act.MERGE and change.into in own:
        return Misfit(f"{change.into} belongs to {change.unit} itself; merge the other way round.", "into")
    if change.act is Act.MERGE and _open_unit(str(change.into), change, tree) is None:
        return Misfit(f"There is no open unit {change.into} on {change.valid_from.isoformat()}.", "into")
    below = tree.children(change.unit, on=change.valid_from) if change.act is Act.CLOSE else []
    if below:
        names = ", ".join(child.unit for child in below[:5])
        return Misfit(f"Open units still report to {change.unit}: {names}. Move, merge or close them first.")
    return None


def _open_unit(code: str, change: UnitChange, tree: OrgTree) -> Unit | None:
    unit = tree.unit(code, on=change.valid_from)
    return unit if unit is not None and unit.open else None


def _unfit_parent(change: UnitChange, tree: OrgTree, *, level: Level) -> Misfit | None:
    parent = _open_unit(str(change.parent), change, tree)
    if parent is None:
        reason = f"There is no open unit {change.parent} on {change.valid_from.isoformat()} to report to."
        return Misfit(reason, "parent")
    if RANKS[parent.level] >= RANKS[level]:
        reason = f"A {level.value} reports to a unit of a higher level, and {change.parent} is a {parent.level.value}."
        return Misfit(reason, "parent")
    return None


def data_of(change: UnitChange) -> dict[str, Any]:
    """Return the data of the event that records a change."""
    names = (*NEEDED[change.act], "parent") if change.act is Act.OPEN else NEEDED[change.act]
    given = {name: getattr(change, name) for name in names if getattr(change, name) is not None}
    return {"unit": change.unit, **given, "valid_from": change.valid_from.isoformat()}


def follow(change: UnitChange, tree: OrgTree) -> list[str]:
    """Return the units, without the changed one, whose figures move with a change; sorted."""
    if change.act not in {Act.MOVE, Act.MERGE}:
        return []
    return sorted(tree.subtree(change.unit, on=change.valid_from) - {change.unit})


def say(change: UnitChange, tree: OrgTree) -> Text:
    """Return in one sentence what a change does."""
    day = change.valid_from
    unit = _named(change.unit, tree.unit(change.unit, on=day))
    if change.act is Act.OPEN:
        name = Text(f"{change.name_zh}（{change.unit}）", f"{change.name_en} ({change.unit})")
        zh, en = f"开设{name.zh}", f"{name.en} opens"
        if change.parent:
            parent = _named(change.parent, tree.unit(change.parent, on=day))
            zh, en = f"{zh}，归{parent.zh}管理", f"{en} and reports to {parent.en}"
    elif change.act is Act.RENAME:
        zh, en = f"{unit.zh}改名为{change.name_zh}", f"{unit.en} is called {change.name_en}"
    elif change.act is Act.MOVE:
        parent = _named(str(change.parent), tree.unit(str(change.parent), on=day))
        zh, en = f"{unit.zh}改归{parent.zh}管理", f"{unit.en} reports to {parent.en}"
    elif change.act is Act.MERGE:
        into = _named(str(change.into), tree.unit(str(change.into), on=day))
        zh, en = f"{unit.zh}并入{into.zh}，指标随之并入", f"{unit.en} becomes part of {into.en}, its figures with it"
    else:
        zh, en = f"{unit.zh}关闭", f"{unit.en} closes"
    return Text(f"自 {day.isoformat()} 起，{zh}。", f"From {day.isoformat()}, {en}.")


def _named(code: str, unit: Unit | None) -> Text:
    return Text(f"{unit.name.zh}（{code}）", f"{unit.name.en} ({code})") if unit else Text(code, code)
