"""The dated tree: names, parents, mergers and closures as they stood on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.support.events import call
from tiexin.kernel.text import Text
from tiexin.record.contracts import Event
from tiexin.record.organisation import Level, OrganisationError, OrgTree


def change(what: str, unit: str, since: str, **more: Any) -> Event:
    return call(0, type=f"org.unit_{what}.v1", data={"unit": unit, "valid_from": since, **more})


def opened(unit: str, level: str, since: str = "2020-01-01", parent: str | None = None) -> Event:
    names = {"name_zh": f"{unit}行", "name_en": f"{unit} branch"}
    return change("opened", unit, since, level=level, **names, **({"parent": parent} if parent else {}))


@pytest.fixture
def tree() -> OrgTree:
    return OrgTree(
        [
            change("merged", "b2", "2026-04-01", into="b1"),
            opened("hq", "head_office"),
            opened("f1", "first_level_branch", parent="hq"),
            opened("f2", "first_level_branch", parent="hq"),
            opened("b1", "branch", parent="f1"),
            opened("b2", "branch", parent="f2"),
            opened("b3", "branch", since="2026-02-01", parent="f2"),
            opened("d2", "desk", parent="b2"),
            change("renamed", "b1", "2026-03-01", name_zh="新名", name_en="New name"),
            change("moved", "b3", "2026-05-01", parent="f1"),
            change("closed", "b3", "2026-06-01"),
        ]
    )


def test_a_name_changes_on_its_day(tree: OrgTree) -> None:
    before, after = tree.unit("b1", on=date(2026, 2, 28)), tree.unit("b1", on=date(2026, 3, 1))
    assert before is not None
    assert after is not None
    assert (before.name, after.name) == (Text("b1行", "b1 branch"), Text("新名", "New name"))


def test_figures_follow_a_merger_from_its_day_on(tree: OrgTree) -> None:
    assert tree.successor("b2", on=date(2026, 3, 31)) == "b2"
    assert tree.successor("b2", on=date(2026, 4, 1)) == "b1"
    assert [unit.unit for unit in tree.path("d2", on=date(2026, 3, 31))] == ["d2", "b2", "f2", "hq"]
    assert [unit.unit for unit in tree.path("d2", on=date(2026, 4, 1))] == ["d2", "b1", "f1", "hq"]
    assert tree.at_level("d2", Level.FIRST_LEVEL_BRANCH, on=date(2026, 4, 1)) == "f1"


def test_a_unit_moves_and_closes(tree: OrgTree) -> None:
    assert tree.unit("b3", on=date(2026, 1, 31)) is None
    assert [unit.unit for unit in tree.children("f2", on=date(2026, 4, 1))] == ["b3"]
    assert [unit.unit for unit in tree.children("f1", on=date(2026, 5, 1))] == ["b1", "b3"]
    assert [unit.unit for unit in tree.children("f1", on=date(2026, 6, 1))] == ["b1"]
    assert tree.subtree("f1", on=date(2026, 6, 1)) == {"f1", "b1", "b2", "b3", "d2"}


def test_an_unknown_unit_has_no_path(tree: OrgTree) -> None:
    assert tree.path("nowhere", on=date(2026, 1, 1)) == []
    assert tree.at_level("nowhere", Level.BRANCH, on=date(2026, 1, 1)) is None


def test_circles_are_named_instead_of_followed_for_ever() -> None:
    mergers = OrgTree(
        [
            opened("a", "branch"),
            opened("b", "branch"),
            change("merged", "a", "2026-01-01", into="b"),
            change("merged", "b", "2026-01-01", into="a"),
        ]
    )
    with pytest.raises(OrganisationError, match="mergers of unit 'a'"):
        mergers.successor("a", on=date(2026, 1, 1))
    parents = OrgTree([opened("a", "branch", parent="b"), opened("b", "branch", parent="a")])
    with pytest.raises(OrganisationError, match="parents of unit 'a'"):
        parents.path("a", on=date(2026, 1, 1))
