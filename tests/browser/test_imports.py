"""Somebody brings in a file with some bad rows: meanings are checked, progress is seen, the rows are mended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.console import serving
from tests.support.pages import add_people, opened, violations

SCRIPT = "<img src=x onerror=document.title='run'>"
HEAD = "call_id,called_at,customer,case_no,step,agent,words\n"
ROW = "{number},2026-03-{day:02d} 09:{minute:02d}:00,C-{person},M-{number},report lost card,A-07,{words}\n"


def calls(file: Path, *, rows: int, first: int = 0) -> Path:
    """Write calls into a file; the third has no time, the fifth a wrong one and words that mean harm."""
    lines = [
        ROW.format(
            number=first + number, day=number % 28 + 1, minute=number % 60, person=number % 7, words="waited long"
        )
        for number in range(rows)
    ]
    lines[2] = f"{first + 2},,C-2,M-2,report lost card,A-07,no time\n"
    lines[4] = f"{first + 4},soon,C-4,M-4,report lost card,A-07,{SCRIPT}\n"
    file.write_text(HEAD + "".join(lines), "utf-8")
    return file


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an installation of our own, for what is imported here must not fill that of other tests."""
    home = tmp_path_factory.mktemp("office")
    add_people(home)
    with serving(home) as address:
        yield address


def prepare(page: Page, file: Path) -> None:
    """Send a file in and come to the table of meanings."""
    page.locator(".drop-zone input[type=file]").set_input_files(file)
    expect(page.locator(".role-choice").first).to_be_visible()


def test_a_file_comes_in_through_the_page(office: str, browser: Browser, tmp_path: Path) -> None:
    with opened(browser, f"{office}/imports", role="analyst") as page:
        expect(page.locator("h1.question")).to_have_text("What came in today?")
        expect(page.locator("p.answer")).to_contain_text("No file has been imported yet.")
        prepare(page, calls(tmp_path / "hotline.csv", rows=40))
        expect(page.locator("p.answer")).to_contain_text("hotline.csv has 7 columns")
        expect(page.locator(".lacks")).to_contain_text("we never guess it for you")
        begin = page.get_by_role("button", name="Import", exact=True)
        expect(begin).to_be_disabled()
        page.get_by_label("Zone of the times").select_option("Asia/Shanghai")
        words = page.get_by_label("Meaning of column words")
        words.select_option("personal")
        expect(page.locator(".preview .strong").first).to_have_text(
            "Of 40 rows looked at, 38 can be imported and 2 cannot be read."
        )
        assert violations(page) == []
        page.reload()
        expect(words).to_have_value("personal")
        expect(page.get_by_label("Zone of the times")).to_have_value("Asia/Shanghai")
        expect(begin).to_be_enabled()
        begin.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}$"))
        page.reload()
        expect(page.locator(".counts dd").nth(1)).to_have_text("38")
        expect(page.locator("p.answer")).to_contain_text("38 new events; 2 rows could not be read")
        assert violations(page) == []
        page.get_by_label("called_at in row 4").fill("2026-03-03 09:02:00")
        page.get_by_label("called_at in row 6").fill("2026-03-05 09:04:00")
        expect(page.get_by_label("words in row 6")).to_have_value(SCRIPT)
        page.reload()
        expect(page.get_by_label("called_at in row 6")).to_have_value("2026-03-05 09:04:00")
        page.get_by_role("button", name="Add 2 mended rows").click()
        expect(page.locator("p.answer")).to_have_text("All done: 2 new events.")
        expect(page.get_by_role("link", name="These are mended rows of another import")).to_be_visible()
        page.get_by_role("link", name="All imports").click()
        expect(page.locator("p.answer")).to_contain_text(
            "2 files came in during the last 24 hours, with 40 new events."
        )
        assert page.title() != "run"


def test_long_work_is_seen_everywhere_and_can_be_stopped(office: str, browser: Browser, tmp_path: Path) -> None:
    with opened(browser, f"{office}/imports", language="zh-CN", width=390, role="admin") as page:
        file = calls(tmp_path / "很多来电.csv", rows=150_000, first=1_000_000)
        prepare(page, file)
        page.get_by_label("时间的时区").select_option("Asia/Shanghai")
        page.get_by_role("button", name="开始导入").click()
        page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}$"))
        expect(page.locator(".jobs-tray summary")).to_contain_text("1 项任务进行中")
        page.reload()
        expect(page.locator(".content progress")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("button", name="取消导入").click()
        expect(page.locator("p.answer")).to_have_text("导入已取消；取消之前读到的都留下了。")
        expect(page.locator(".jobs-tray")).to_have_count(0)
        assert violations(page) == []
        page.goto(f"{office}/imports")
        page.locator(".drop-zone input[type=file]").set_input_files(
            {"name": "表格.xlsx", "mimeType": "application/zip", "buffer": b"PK\x03\x04 not a table"}
        )
        expect(page.locator(".refusal")).to_contain_text("Excel 请另存为“CSV UTF-8”")


def test_who_may_not_import_does_not_see_the_page(office: str, browser: Browser) -> None:
    with opened(browser, f"{office}/imports", role="officer") as page:
        expect(page.locator("p.answer")).to_contain_text("not")
        expect(page.locator(".drop-zone")).to_have_count(0)
