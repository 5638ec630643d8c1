"""The page of the verifiable log: begin it, see it grow, audit it, hand out receipts, replay a decision."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.console import serving
from tests.support.pages import add_people, opened, violations
from tests.support.vouched import ORIGIN, first_event, publish, vkey_of

Vouched = tuple[str, Path]


@pytest.fixture(scope="module")
def beginner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vouched]:
    """An installation of our own whose log has not begun; what is done to it must not reach other tests."""
    home = tmp_path_factory.mktemp("beginner")
    add_people(home)
    with serving(home) as address:
        yield address, home


def audit(page: Page) -> None:
    """Run an audit through the page and wait for its end."""
    page.get_by_role("button", name="Audit now").click()
    expect(page.locator(".done", has_text="The audit is done")).to_be_visible()


def test_the_log_begins_and_a_change_behind_its_back_is_named(beginner: Vouched, browser: Browser) -> None:
    address, home = beginner
    with opened(browser, f"{address}/trust", role="auditor") as page:
        expect(page.locator("p.answer")).to_contain_text("has not begun")
        expect(page.locator(".note")).to_contain_text("Ask an administrator")
        expect(page.get_by_role("button", name="Begin")).to_have_count(0)
    with opened(browser, f"{address}/trust") as page:
        expect(page.get_by_role("button", name="Begin")).to_be_visible()
        assert violations(page) == []
        page.get_by_label("Name of the log").fill(ORIGIN)
        page.get_by_role("button", name="Begin").click()
        expect(page.locator("#log-keys")).to_be_visible()
    publish(home)
    with opened(browser, f"{address}/trust", role="auditor") as page:
        expect(page.locator("p.answer")).to_contain_text("are in the verifiable log")
        expect(page.locator(".log-keys")).to_have_text(vkey_of(home))
        audit(page)
        expect(page.locator("section", has=page.locator("#log-audit"))).to_contain_text("not one differed")
        found = first_event(home, "access.user_added.v1")
        with closing(sqlite3.connect(home / "record.db")) as record:
            record.execute("UPDATE events SET actor = 'nobody' WHERE position = ?", (found.position,))
            record.commit()
        audit(page)
        expect(page.locator("p.answer")).to_contain_text("Look into this at once")
        line = page.locator("section", has=page.locator("#log-audit")).locator("tbody tr")
        expect(line).to_have_count(1)
        expect(line).to_contain_text("Altered")
        expect(line).to_contain_text(found.event.id)
        assert violations(page) == []


def test_receipts_are_found_and_saved(vouched: Vouched, browser: Browser) -> None:
    address, home = vouched
    found = first_event(home, "complaint.received.v1")
    with opened(browser, f"{address}/trust", role="auditor") as page:
        expect(page.locator("p.answer")).to_contain_text("no witnesses outside yet")
        page.get_by_label("Case number").fill("no such case")
        page.get_by_role("button", name="Find").click()
        expect(page.locator(".note")).to_contain_text("Nothing with a receipt was found")
        page.get_by_label("Case number").fill(str(found.event.case))
        page.get_by_role("button", name="Find").click()
        expect(page.locator(".receipt-line").first).to_contain_text("Complaint received")
        assert violations(page) == []
        with page.expect_download() as saved:
            page.get_by_role("button", name="Certificate (PDF)").first.click()
        assert saved.value.path().read_bytes().startswith(b"%PDF-")
        with page.expect_download() as saved:
            page.get_by_role("button", name="Receipt file").first.click()
        assert saved.value.path().read_bytes().startswith(b"c2sp.org/tlog-proof@v1\n")
        with page.expect_download() as saved:
            page.get_by_role("button", name="All papers of this matter (ZIP)").click()
        assert saved.value.path().read_bytes().startswith(b"PK\x03\x04")
        # What was asked for stands in the address, so that it can be handed on.
        assert f"case={found.event.case}" in page.url


def test_a_contact_shows_its_receipt_where_it_has_one(vouched: Vouched, browser: Browser) -> None:
    address, home = vouched
    complaint = first_event(home, "complaint.received.v1")
    session = first_event(home, "app.session_ended.v1")
    with opened(browser, f"{address}/contacts/{complaint.position}", role="auditor") as page:
        expect(page.locator("#contact-receipt")).to_be_visible()
        expect(page.get_by_role("button", name="Certificate (PDF)")).to_be_visible()
    with opened(browser, f"{address}/contacts/{session.position}", role="auditor") as page:
        expect(page.locator(".contact-detail")).to_be_visible()
        page.wait_for_load_state("networkidle")
        expect(page.locator("#contact-receipt")).to_have_count(0)


def test_a_decision_is_replayed_step_by_step(vouched: Vouched, browser: Browser) -> None:
    address, home = vouched
    advice = first_event(home, "advice.given.v1", such=lambda one: bool(one.event.data["trail"]["previous"]))
    reason = advice.event.data["trail"]["reasons"][0]["en"]
    with opened(browser, f"{address}/trust/trail?position={advice.position}", role="auditor") as page:
        expect(page.locator("p.answer")).to_contain_text(re.compile(r"\d+ steps, which you can replay"))
        expect(page.locator(".trail-steps > li")).to_have_count(1)
        assert violations(page) == []
        page.get_by_role("button", name="Next step").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".trail-steps > li")).to_have_count(2)
        page.get_by_role("button", name="One step back").click()
        expect(page.locator(".trail-steps > li")).to_have_count(1)
        page.get_by_role("button", name="Show all").click()
        last = page.locator(".trail-steps > li.now")
        expect(last).to_contain_text(reason)
        expect(last).to_contain_text("this step holds")
        expect(page.get_by_role("button", name="Next step")).to_be_disabled()


@pytest.mark.parametrize("width", [1440, 390, 360])
def test_a_customer_has_receipts_of_their_own(vouched: Vouched, browser: Browser, width: int) -> None:
    with opened(browser, f"{vouched[0]}/mine", language="zh-CN", role="customer", width=width) as page:
        expect(page.locator("#own-receipts")).to_have_text("您的回执")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
        with page.expect_download() as saved:
            page.get_by_role("button", name="下载凭证（PDF）").first.click()
        assert saved.value.path().read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (360, "light")])
def test_the_page_fits_a_telephone(vouched: Vouched, browser: Browser, width: int, scheme: str) -> None:
    found = first_event(vouched[1], "complaint.received.v1")
    address = f"{vouched[0]}/trust?case={found.event.case}"
    with opened(browser, address, language="zh-CN", role="auditor", width=width, scheme=scheme) as page:
        expect(page.locator(".receipt-line").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
