"""The pages about journeys: the answer first, every view at its own address, in both languages, on desk and phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.pages import opened, violations

pytestmark = pytest.mark.browser

VIEWS = {
    "map": "canvas",
    "variants": "#variants table tbody tr",
    "bottlenecks": "#bottlenecks table tbody tr",
    "rework": "#rework table tbody tr, .side-by-side table tbody tr",
    "handovers": "#handovers table tbody tr",
    "compare": "#compare table tbody tr",
    "slow": ".figure",
}


def settled(page: Page) -> None:
    """Wait until nothing is on its way, then look for raw keys and for anything wider than the screen."""
    expect(page.locator(".loading")).to_have_count(0)
    expect(page.get_by_text(re.compile(r"\b(journeys|journeyPages|journeyMap)\.\w+"))).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-CN", 390)])
def test_every_view_of_a_journey_has_its_address(browser: Browser, bank: str, language: str, width: int) -> None:
    address = f"{bank}/journeys?journey=account-opening"
    with opened(browser, address, language=language, width=width) as page:
        expect(page.locator("[data-answer='account-opening']")).to_be_visible()
        for view, shown in VIEWS.items():
            page.locator(f".tabs a[href*='view={view}']").click()
            expect(page).to_have_url(re.compile(rf"view={view}"))
            expect(page.locator(shown).first).to_be_visible()
            settled(page)
            assert violations(page) == []
        page.goto(f"{address}&view=compare&by=segment&first=retail&second=elderly")
        expect(page.locator("#compare table").first).to_be_visible()
        settled(page)


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("zh-CN", 1440, "light"), ("en", 390, "light"), ("en", 1440, "dark")]
)
def test_the_journey_map_proper(browser: Browser, bank: str, language: str, width: int, scheme: str) -> None:
    address = f"{bank}/journeys/map?journey=account-opening"
    with opened(browser, address, language=language, width=width, scheme=scheme) as page:
        expect(page.locator(".stage-grid thead th")).to_have_count(4)
        expect(page.locator(".feeling-line circle")).not_to_have_count(0)
        expect(page.locator("#moments table tbody tr").first).to_be_visible()
        expect(page.locator("#moments .difference-band").first).to_be_attached()
        settled(page)
        assert violations(page) == []
        # An administrator reads no customer's words.
        expect(page.locator("#quotes blockquote")).to_have_count(0)


def test_empty_journeys_teach(browser: Browser, nobody: str) -> None:
    with opened(browser, f"{nobody}/journeys/map") as page:
        expect(page.get_by_text("There are no journeys yet")).to_be_visible()
