"""Every page for every role, in both languages, wide and narrow: whole, silent, translated, within its edges."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.pages import listened, opened, signed_in, violations
from tiexin.app.spa import BUILT

pytestmark = pytest.mark.browser

BUNDLE_BYTES_MAX = 350 * 1024
"""What a browser loads before the first page can stand, gzipped."""
PAGES: dict[str, str] = {
    "/": "figures:read",
    "/mine": "own:read",
    "/contacts": "record:read",
    "/protection": "complaints:all",
    "/imports": "imports:run",
    "/walks": "record:read",
    "/journeys": "figures:read",
    "/journeys/map": "figures:read",
    "/trust": "trust:read",
    "/figures": "figures:read",
    "/truth": "truth:read",
    "/audit": "audit:read",
    "/settings/users": "users:manage",
    "/settings/keys": "keys:manage",
    "/settings/branches": "figures:read",
    "/settings/calendars": "figures:read",
    "/settings/institution": "settings:manage",
    "/settings/appearance": "figures:read",
    "/settings/rights": "figures:read",
    "/account": "",
}
"""Every page that one reaches by its address alone, with the right it needs."""
WHO: dict[str, tuple[str, ...]] = {
    "admin": tuple(page for page in PAGES if page not in {"/mine", "/protection"}),
    "analyst": ("/", "/imports"),
    "officer": ("/protection", "/contacts"),
    "agent": ("/contacts", "/walks"),
    "auditor": ("/audit", "/truth"),
    "customer": ("/mine", "/account"),
    "regulator": ("/", "/trust", "/figures"),
}
"""Which role walks which pages; the administrator nearly all, the others what is theirs."""
KEY = re.compile(
    r"\b(?:app|shared|access|settings|trust|trustLog|receipts|verify|figures|mine|quality|journeys\w*|contacts|imports|walks|truth)\.[a-z][A-Za-z]+(?:\.[A-Za-z_]+)*\b"
)
"""A key of a text that stands where the text should."""
LATIN = re.compile(r"[A-Za-z]{3,}(?: [A-Za-z]{2,}){3,}")
"""Four words of English in a row."""


def settle(page: Page) -> None:
    """Wait until the page has its main part and nothing is on its way any more."""
    expect(page.locator("main#content h1").first).to_be_visible()
    expect(page.locator("main .loading")).to_have_count(0)


def spoken(page: Page) -> str:
    """Return what stands on the page, without code, input and parts that say they are in another language."""
    return str(
        page.evaluate(
            """() => {
                const copy = document.body.cloneNode(true);
                const lang = document.documentElement.lang;
                for (const part of copy.querySelectorAll('code, pre, script, style, svg, select, [lang]'))
                    if (!part.lang || part.lang !== lang) part.remove();
                document.body.append(copy);
                const text = copy.innerText;
                copy.remove();
                return text;
            }"""
        )
    )


def faults(page: Page, *, language: str) -> list[str]:
    """Return what is wrong with the page as it stands."""
    found = []
    text = spoken(page)
    found += [f"key shown: {key}" for key in KEY.findall(text)]
    if language == "zh-CN":
        found += [f"not translated: {words}" for words in LATIN.findall(text)]
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if over > 0:
        found.append(f"runs {over} px over the edge")
    return found + violations(page)


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1440), ("en", 390), ("zh-CN", 390), ("en", 1440)])
@pytest.mark.parametrize("role", WHO)
def test_every_page_is_whole(browser: Browser, bank: str, role: str, language: str, width: int) -> None:
    wrong: dict[str, list[str]] = {}
    viewport = {"width": width, "height": 900}
    with signed_in(browser, bank, role, viewport=viewport, locale=language) as context:
        page = context.new_page()
        said = listened(page)
        for path in WHO[role]:
            page.goto(f"{bank}{path}?lang={language}")
            settle(page)
            found = faults(page, language=language) + said
            said.clear()
            if found:
                wrong[path] = found
    assert wrong == {}


@pytest.mark.parametrize("role", WHO)
def test_a_role_sees_its_own_pages_and_no_others(browser: Browser, bank: str, role: str) -> None:
    with opened(browser, f"{bank}/account", role=role) as page:
        settle(page)
        rights = set(page.evaluate("() => fetch('/v1/session').then(answer => answer.json())")["rights"])
        shown = {link.get_attribute("href") for link in page.locator("nav.places").first.locator("a").all()}
        expected = {path for path, right in PAGES.items() if right in rights and not path.startswith("/settings/")}
        expected |= {"/settings"} if "figures:read" in rights else set()
        assert shown == expected
        # The first page leads customers to their own; settings show each person the subjects that are theirs.
        others = (path for path in PAGES if path != "/" and not path.startswith("/settings"))
        forbidden = next(path for path in others if PAGES[path] and PAGES[path] not in rights)
        page.goto(f"{bank}{forbidden}")
        expect(page.locator("main .answer")).to_have_text("This page is not among those your role may open.")


def test_easy_mode_is_large_strong_and_has_few_choices(browser: Browser, bank: str) -> None:
    with opened(browser, f"{bank}/account", role="agent", width=390, language="zh-CN") as page:
        with page.expect_response(lambda one: one.url.endswith("/v1/preferences") and one.request.method == "PUT"):
            page.get_by_role("button", name="关爱模式").click()
        expect(page.locator("html")).to_have_class(re.compile("easy"))
        for path in ("/account", "/contacts"):
            page.goto(f"{bank}{path}")
            expect(page.locator("html")).to_have_class(re.compile("easy"))
            settle(page)
            small = page.evaluate(
                """() => [...document.querySelectorAll('.frame *')]
                    .filter(part => part.checkVisibility() && [...part.childNodes].some(
                        node => node.nodeType === 3 && node.data.trim()))
                    .filter(part => !part.closest('.unseen, kbd, svg, .mark, canvas'))
                    .filter(part => parseFloat(getComputedStyle(part).fontSize) < 20)
                    .map(part => part.outerHTML.slice(0, 120))"""
            )
            assert small == []
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.get_by_role("button", name="页面导航").click()
        choices = page.locator("dialog.drawer nav.places").locator("a, button")
        assert choices.count() <= 4
        assert all(box["height"] >= 48 for one in choices.all() if (box := one.bounding_box()))
        page.keyboard.press("Escape")
        expect(page.get_by_role("complementary", name="朗读与人工帮助")).to_be_visible()
        page.get_by_role("button", name="关爱模式").click()
        expect(page.locator("html")).not_to_have_class(re.compile("easy"))


def test_the_keyboard_reaches_everything(browser: Browser, bank: str) -> None:
    with opened(browser, f"{bank}/figures", role="auditor") as page:
        settle(page)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("/")
        field = page.get_by_role("combobox", name="Search pages or contacts")
        expect(field).to_be_focused()
        page.keyboard.type("audit")
        expect(page.get_by_role("option", name="Audit", exact=True)).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        page.wait_for_url("**/audit")
        expect(page.locator("#content")).to_be_focused()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Keys")).to_have_count(0)
        page.keyboard.press("/")
        page.keyboard.type("C-201")
        page.keyboard.press("Enter")
        page.wait_for_url("**/contacts?q=C-201")


def test_what_loads_before_the_first_page_is_small() -> None:
    index = (BUILT / "index.html").read_text("utf-8")
    entry = set(re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', index))
    waiting, loaded = list(entry), set[str]()
    while waiting:
        name = waiting.pop()
        if name in loaded:
            continue
        loaded.add(name)
        text = (BUILT / name).read_text("utf-8")
        waiting += [f"assets/{part}" for part in re.findall(r'(?:from|import)\s*"\./([^"]+\.js)"', text)]
    sizes = {name: len(gzip.compress((BUILT / name).read_bytes(), 9)) for name in loaded}
    assert len(sizes) > 1
    assert sum(sizes.values()) <= BUNDLE_BYTES_MAX, sizes
    assert not any("echarts" in name for name in sizes)


def test_no_page_carries_a_script_of_its_own() -> None:
    index = Path(BUILT / "index.html").read_text("utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)", index) == []
    assert re.findall(r"\son\w+=", index) == []
