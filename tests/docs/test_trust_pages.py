"""The guide to the verifiable log does what it says, in both languages."""

from __future__ import annotations

import re

import pytest

from tests.docs.test_pages import DOCS, Terminal, follow, steps, terminal

__all__ = ["terminal"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_guide_to_the_log_does_what_it_says(language: str, terminal: Terminal) -> None:
    assert follow(DOCS / f"guide/trust.{language}.md", terminal) == 5


@pytest.mark.parametrize("subject", ["trust", "verify", "witness"])
def test_both_languages_take_the_same_steps(subject: str) -> None:
    taken = []
    for language in ("en", "zh"):
        page = (DOCS / f"guide/{subject}.{language}.md").read_text("utf-8")
        taken.append([re.findall(r"^tiexin [\w ]+", step.commands, re.MULTILINE) for step in steps(page)])
    assert taken[0] == taken[1]
