"""Found and planted: the answer first, every line with its result, in both languages and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.support.pages import opened, violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("language", "width", "question", "slow", "result"),
    [
        ("en", 1440, "Does the product see what was planted?", "Flower Bridge", "Found"),
        ("zh-CN", 390, "系统看到的，和当初埋下的一样吗？", "花桥支行", "找到了"),
    ],
)
def test_what_was_planted_stands_beside_what_is_found(
    browser: Browser, bank: str, language: str, width: int, question: str, slow: str, result: str
) -> None:
    with opened(browser, f"{bank}/truth", language=language, width=width, role="auditor") as page:
        expect(page.locator("h1")).to_have_text(question)
        branches = page.locator("section[aria-labelledby=truth-branches] tbody tr")
        expect(branches).to_have_count(2)
        expect(branches.first).to_contain_text(slow)
        expect(branches.first.locator("td").last).to_contain_text(result)
        expect(page.locator("section[aria-labelledby=truth-later] tbody tr")).to_have_count(6)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
