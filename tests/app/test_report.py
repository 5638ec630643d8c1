"""``tiexin report`` of nothing, and the words that an installation gives for its codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.http import run_cli
from tiexin.app.labels import LabelsError, load_labels
from tiexin.kernel.text import Text


def test_an_empty_record_ends_with_0_and_says_what_to_do(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    done = run_cli("report", "--out", str(out), home=tmp_path / "home")
    assert done.returncode == 0
    assert "The record is empty" in done.stderr
    assert "tiexin import" in done.stderr
    assert "The record is still empty" in out.read_text("utf-8")


def test_words_of_the_installation_replace_those_of_the_demonstration(tmp_path: Path) -> None:
    assert load_labels(tmp_path).of("steps", "check_papers") == Text(zh="check_papers", en="check_papers")
    (tmp_path / "demo").mkdir()
    assert load_labels(tmp_path).of("steps", "check_papers") == Text(zh="审核材料", en="Papers checked")
    (tmp_path / "labels.yaml").write_text("steps:\n  check_papers: {zh: 看材料, en: Papers read}\n", "utf-8")
    labels = load_labels(tmp_path)
    assert labels.of("steps", "check_papers") == Text(zh="看材料", en="Papers read")
    assert labels.of("journeys", "mortgage") == Text(zh="个人住房贷款", en="Mortgage")


@pytest.mark.parametrize("text", ["steps: {a: {zh: 甲}}", "[1]", "a: b: c", "steps: {a: x}"])
def test_labels_of_another_form_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "labels.yaml").write_text(text, "utf-8")
    with pytest.raises(LabelsError, match=r"labels\.yaml cannot be used"):
        load_labels(tmp_path)


def test_a_file_of_labels_has_a_limit(tmp_path: Path) -> None:
    (tmp_path / "labels.yaml").write_text("#" * 1_048_577, "utf-8")
    with pytest.raises(LabelsError, match="1,048,576 bytes"):
        load_labels(tmp_path)
