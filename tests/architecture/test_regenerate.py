from __future__ import annotations

from pathlib import Path

from scripts.regenerate import GENERATORS, differences


def test_a_difference_is_a_change_a_missing_file_or_one_left_over(tmp_path: Path) -> None:
    committed, fresh = tmp_path / "committed", tmp_path / "fresh"
    for root, names in ((committed, ("same", "changed", "left-over")), (fresh, ("same", "changed", "new"))):
        (root / "schemas").mkdir(parents=True)
        for name in names:
            (root / "schemas" / name).write_text(root.name if name == "changed" else "text", "utf-8")
    found = list(differences(committed=committed, fresh=fresh, owned="schemas"))
    assert found == ["schemas/changed", "schemas/left-over", "schemas/new"]


def test_equal_files_do_not_differ(tmp_path: Path) -> None:
    for root in ("committed", "fresh"):
        (tmp_path / root).mkdir()
        (tmp_path / root / "openapi.json").write_text("{}", "utf-8")
    assert list(differences(committed=tmp_path / "committed", fresh=tmp_path / "fresh", owned="openapi.json")) == []


def test_no_two_generators_own_the_same_file() -> None:
    owned = [name for generator in GENERATORS for name in generator.owns]
    assert len(owned) == len(set(owned))
