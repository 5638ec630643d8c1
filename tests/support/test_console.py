"""A missing part of the console fails its tests and names the remedy; skipping has to be asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.console import needed


def test_what_is_there_is_given_back(tmp_path: Path) -> None:
    there = tmp_path / "axe.min.js"
    there.touch()
    assert needed(there, what="axe-core") == there


def test_what_is_missing_fails_the_test_and_names_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIEXIN_ALLOW_SKIP_BROWSER", raising=False)
    with pytest.raises(pytest.fail.Exception) as failed:
        needed(tmp_path / "chromium", what="Chromium")
    assert str(failed.value) == (
        f"Chromium is missing ({tmp_path / 'chromium'}); make install provides it; "
        "TIEXIN_ALLOW_SKIP_BROWSER=1 skips these tests instead"
    )


def test_skipping_has_to_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEXIN_ALLOW_SKIP_BROWSER", "1")
    with pytest.raises(pytest.skip.Exception, match="the built console is missing"):
        needed(tmp_path / "index.html", what="the built console")
