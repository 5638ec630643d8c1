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


def test_a_record_of_one_journey_alone_answers_with_it(tmp_path: Path) -> None:
    file, mapping, home, out = (tmp_path / name for name in ("log.csv", "m.yaml", "home", "report.html"))
    rows = [
        f"c{case},{step},2026-01-{day:02}T10:00:00Z" for case in range(40) for step, day in (("ask", 1), ("pay", 3))
    ]
    file.write_text("\n".join(["case,step,at", *rows]) + "\n", "utf-8")
    mapping.write_text(
        "mapping: 1\nname: loan\nsource: urn:test\nformat: csv\nevent:\n  type: {constant: journey.step_recorded.v1}\n"
        "  time: {column: at, formats: [iso]}\n  journey: {constant: loan}\n  case: case\n  step: step\n",
        "utf-8",
    )
    done = run_cli("import", str(file), "--as", "mapping", "--mapping", str(mapping), home=home)
    assert done.returncode == 0, done.stderr
    (home / "labels.yaml").write_text("steps: {ask: {zh: 申请, en: Asked}, pay: {zh: 放款, en: Paid}}\n", "utf-8")
    done = run_cli("report", "--out", str(out), home=home)
    assert done.returncode == 0
    assert "Nothing in this selection" not in done.stderr
    page = out.read_text("utf-8").replace("\u00a0", " ")
    assert "loan: 100 % (100 – 100 %) of all waiting is in “Asked → Paid”, 80 days in all.</span></h1>" in page
    assert "在“申请 → 放款”这一步" in page
    done = run_cli("report", "--out", str(out), "--since", "2030-01-01", home=home)
    assert (done.returncode, "Nothing in this selection can be counted" in done.stderr) == (0, True)


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
