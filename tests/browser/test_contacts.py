"""Contacts in a real browser: found, opened within right and reach, exported, kept as views."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.pages import opened, violations

pytestmark = pytest.mark.browser

ROWS = ".contact-list > li"


def ask(page: Page, path: str) -> Any:
    """Ask the server as the signed-in person of a page."""
    answer = page.request.get(f"{re.match(r'https?://[^/]+', page.url)[0]}{path}")  # type: ignore[index]
    assert answer.ok, answer.text()
    return answer.json()


def held(page: Page) -> None:
    """Hold a page to the rules: nothing for axe to find, nothing wider than the screen."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_an_analyst_finds_narrows_opens_and_exports(browser: Browser, bank: str, tmp_path: Path) -> None:
    with opened(browser, f"{bank}/contacts", language="zh-CN", role="analyst") as page:
        whole = ask(page, "/v1/contacts/facets")["n"]
        expect(page.locator(".answer")).to_contain_text(f"现在看到的是整份记录，共 {whole:,} 条接触")
        expect(page.locator(ROWS)).to_have_count(50)
        held(page)

        page.locator(".facet").first.get_by_role("button", name=re.compile("再列")).click()
        page.locator(".facet-line", has_text="收到投诉").click()
        expect(page).to_have_url(re.compile(r"kind=complaint\.received\.v1"))
        n = ask(page, "/v1/contacts/facets?kind=complaint.received.v1")["n"]
        expect(page.locator(".answer")).to_contain_text(f"现在看到的是收到投诉，共 {n:,} 条接触")

        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        expect(page.locator(f"{ROWS}.marked")).to_have_count(1)
        page.keyboard.press("Enter")
        panel = page.locator("dialog.side-panel")
        expect(panel).to_contain_text("姓名、电话、原话等个人内容已加密保存")
        expect(panel).to_contain_text("您的角色看不到个人内容")
        expect(panel.get_by_role("button", name="查看个人内容")).to_have_count(0)
        expect(page).to_have_url(re.compile(r"open=\d+"))
        held(page)
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        expect(page.locator(ROWS).first).to_be_visible()

        page.get_by_role("button", name="导出：接触记录").click()
        with page.expect_download() as waiting:
            page.get_by_role("button", name="表格 CSV").click()
        file = tmp_path / "contacts.csv"
        waiting.value.save_as(file)
        assert waiting.value.suggested_filename.startswith("tiexin-contacts-")
        rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
        assert (rows[0][0], len(rows) - 1) == ("编号", n)
        assert {row[2] for row in rows[1:]} == {"complaint.received.v1"}
        expect(page.locator(".export-told")).to_contain_text("已记入审计记录")
    with opened(browser, f"{bank}/audit", role="auditor") as page:
        written = ask(page, "/v1/events?type=access.exported.v1&limit=1000")["events"]
        last = written[-1]
        assert (last["actor"], last["data"]["what"], last["data"]["format"]) == ("analyst", "contacts", "csv")
        assert (last["data"]["rows"], "kind=complaint.received.v1" in last["data"]["address"]) == (n, True)


def test_words_of_a_person_stay_out_of_the_address(browser: Browser, bank: str) -> None:
    with opened(browser, f"{bank}/contacts?q=13800138000", role="analyst") as page:
        expect(page.locator(".person-offer")).to_contain_text("13***00")
        expect(page.locator(".person-offer")).to_contain_text("needs the right to see personal content")
        expect(page).not_to_have_url(re.compile("13800138000"))
    with opened(browser, f"{bank}/contacts", role="officer") as page:
        expect(page.locator(ROWS).first).to_be_visible()
        page.keyboard.press("/")
        page.keyboard.type("13800138000")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Search for this person").click()
        expect(page.locator(".person-offer")).to_contain_text("Nobody is registered under this number or name")
        expect(page).not_to_have_url(re.compile("13800138000"))


def test_an_officer_opens_personal_content_and_it_is_written_down(browser: Browser, bank: str) -> None:
    with opened(browser, f"{bank}/contacts?kind=complaint.received.v1", role="officer") as page:
        first = next(
            one
            for one in ask(page, "/v1/contacts?kind=complaint.received.v1")["contacts"]
            if one["personal"] == "sealed"
        )
        page.goto(f"{bank}/contacts/{first['position']}")
        expect(page.locator(".personal")).to_contain_text("are kept encrypted")
        page.get_by_role("button", name="Show personal content").click()
        expect(page.locator(".personal dd").first).to_be_visible()
        expect(page.locator(".personal")).to_contain_text("stands in the audit record")
        held(page)
        page.get_by_role("link", name=first["subject"]).first.click()
        expect(page.locator(".timeline .moment").first).to_be_visible()
    with opened(browser, f"{bank}/audit", role="auditor") as page:
        last = ask(page, "/v1/events?type=access.personal_opened.v1&limit=1000")["events"][-1]
        assert (last["actor"], last["data"]["position"]) == ("officer", first["position"])


def test_an_agent_sees_the_own_unit_alone(browser: Browser, bank: str) -> None:
    with opened(browser, f"{bank}/contacts", role="analyst") as page:
        whole = ask(page, "/v1/contacts/facets")
        units = {one["key"] for one in whole["facets"]["org"]}
        assert len(units) > 3
    with opened(browser, f"{bank}/contacts", role="agent") as page:
        expect(page.locator(ROWS).first).to_be_visible()
        own = ask(page, "/v1/session")["user"]["unit"]
        mine = ask(page, "/v1/contacts/facets")
        assert 0 < mine["n"] < whole["n"]
        assert own in {one["key"] for one in mine["facets"]["org"]} < units
        expect(page.get_by_role("button", name="Export", exact=False)).to_have_count(0)
        other = next(iter(units - {one["key"] for one in mine["facets"]["org"]} - {None}))
        assert page.request.get(f"{bank}/v1/contacts?unit={other}").status == 403
    with opened(browser, f"{bank}/contacts", role="analyst") as page:
        elsewhere = ask(page, f"/v1/contacts?unit={other}&unit_only=true&limit=1")["contacts"][0]["position"]
    with opened(browser, f"{bank}/contacts", role="agent") as page:
        assert page.request.get(f"{bank}/v1/contacts/{elsewhere}").status == 404


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("en", "dark")])
def test_the_course_of_a_customer_reads_well_on_a_phone(
    browser: Browser, bank: str, language: str, scheme: str
) -> None:
    with opened(
        browser, f"{bank}/contacts?kind=complaint.", language=language, scheme=scheme, width=390, role="analyst"
    ) as page:
        expect(page.locator(ROWS).first).to_be_visible()
        held(page)
        found = ask(page, "/v1/contacts?kind=complaint.received.v1&limit=1")["contacts"][0]
        head = ask(page, f"/v1/subjects/{found['subject']}")
        page.goto(f"{bank}/subjects/{found['subject']}")
        expect(page.locator(".answer em")).to_have_text(str(head["n"]))
        expect(page.locator(".timeline .moment[data-kind=complaint]").first).to_be_visible()
        expect(page.locator(".timeline .moment")).to_have_count(min(100, head["n"]))
        held(page)
        page.locator(".thread-name").first.click()
        expect(page).to_have_url(re.compile("case="))


def test_a_view_is_saved_opened_deleted_and_brought_back(browser: Browser, bank: str) -> None:
    with opened(browser, f"{bank}/contacts?channel=phone", role="admin") as page:
        expect(page.locator(ROWS).first).to_be_visible()
        page.get_by_role("button", name="Saved views").click()
        page.get_by_role("button", name="Save this view").click()
        page.get_by_label("Name of the view").fill("Calls")
        page.get_by_label("Let colleagues see it too").check()
        page.get_by_role("button", name="Save", exact=True).click()
        link = page.get_by_role("link", name="Calls", exact=True)
        expect(link).to_have_attribute("href", "/contacts?channel=phone")
        held(page)
        page.get_by_role("button", name="Delete the view Calls").click()
        expect(link).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(link).to_have_count(1)
    with opened(browser, f"{bank}/contacts", role="analyst") as page:
        page.get_by_role("button", name="Saved views").click()
        expect(page.locator(".views")).to_contain_text("Shared by admin")
        page.get_by_role("link", name="Calls", exact=True).click()
        expect(page).to_have_url(re.compile("channel=phone"))


def test_a_figure_leads_to_the_contacts_it_counts(browser: Browser, bank: str) -> None:
    with opened(browser, f"{bank}/contacts?figure=surveys.csat&channel=phone", role="analyst") as page:
        figure = ask(page, "/v1/quality/overview?channel=phone&figures=csat")["figures"]["surveys.csat"]
        expect(page.locator(".answer em")).to_have_text(f"{figure['n']:,}")
        expect(page.locator(ROWS)).to_have_count(min(50, figure["n"]))
        page.locator(f"{ROWS} a").first.click()
        expect(page.locator("dialog.side-panel")).to_contain_text("Satisfaction")
