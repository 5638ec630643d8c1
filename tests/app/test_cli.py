from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.http import run_cli
from tiexin import __version__
from tiexin.app.cli import PARTS


def test_the_version_is_said() -> None:
    done = run_cli("--version")
    assert (done.returncode, done.stdout) == (0, f"tiexin {__version__}\n")


def test_help_names_every_part() -> None:
    done = run_cli("--help")
    assert done.returncode == 0
    for name, part in PARTS.items():
        assert name in done.stdout
        assert part.help[:30] in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("--nonsense",),
        ("keys", "nonsense"),
        ("keys", "create"),
        ("serve", "--port", "many"),
        ("--home",),
    ],
)
def test_wrong_usage_exits_with_2_and_writes_nothing_on_stdout(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run_cli(*words, home=None if words == ("--home",) else tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_without_a_part_the_help_is_shown() -> None:
    done = run_cli()
    assert "Commands" in done.stdout + done.stderr


def test_the_home_reaches_the_part(tmp_path: Path) -> None:
    home = tmp_path / "elsewhere"
    assert run_cli("keys", "list", "--json", home=home).stdout == "[]\n"
    assert (home / "access.sqlite").is_file()
