"""A mystery shopper with a phone: plans, walks, loses the connection, finishes, and reads what came out."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.walks.pictures import png
from tests.support.console import PATIENCE_MS
from tests.support.pages import listened, opened, signed_in, violations

pytestmark = pytest.mark.browser

WORDS = {
    "en": {"plan": "Plan a walk", "save": "Save the plan", "begin": "Begin the walk", "stop": "This step is done",
           "keep": "Keep this step", "bad": "Bad", "over": "The walk is over", "finish": "Finish this walk",
           "minutes": "Minutes it took (you may correct it)", "waiting": "kept on this phone", "back": "Take back",
           "photos": "1 photos", "note": "What you saw (no names, nothing about customers)"},
    "zh-CN": {"plan": "计划一次体验", "save": "计划好了", "begin": "开始体验", "stop": "这一步完成",
              "keep": "记下这一步", "bad": "不好", "over": "走完了", "finish": "完成这次体验",
              "minutes": "用了几分钟（可改）", "waiting": "已存在这部手机里", "back": "撤回",
              "photos": "照片 1 张", "note": "看到了什么（不写人名，不写客户信息）"},
}  # fmt: skip


def sized(page: Page) -> None:
    """Nothing runs out of the screen sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def keep(page: Page, words: dict[str, str], *, minutes: str, photo: Path | None = None) -> None:
    """Record the next planned step."""
    page.get_by_role("button", name=words["stop"]).click()
    page.get_by_label(words["minutes"]).fill(minutes)
    page.get_by_role("radio", name=words["bad"], exact=True).check()
    page.get_by_label(words["note"]).fill("<img src=x onerror=alert(1)> 没有座位")
    if photo is not None:
        page.locator("input[type=file]").set_input_files(photo)
        expect(page.locator(".walk-photos img")).to_have_count(1)
    page.get_by_role("button", name=words["keep"]).click()


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 390), ("en", 360)])
def test_a_walk_on_a_phone_loses_nothing(
    browser: Browser, bank: str, tmp_path: Path, language: str, width: int
) -> None:
    words = WORDS[language]
    picture = tmp_path / "hall.png"
    picture.write_bytes(png(64, 48))
    context = signed_in(
        browser, bank, "analyst", viewport={"width": width, "height": 780}, locale=language, has_touch=True
    )
    page = context.new_page()
    said = listened(page)
    page.goto(f"{bank}/walks")
    page.get_by_role("button", name=words["plan"]).click()
    page.locator("select").nth(0).select_option("account-opening")
    page.locator("select").nth(1).select_option(index=1)
    page.locator("select").nth(2).select_option("wheelchair")
    page.locator("input[type=date]").fill(date(2025, 6, 20).isoformat())
    expect(page.locator(".walk-steps li")).not_to_have_count(0)
    sized(page)
    assert violations(page) == []
    page.get_by_role("button", name=words["save"]).click()

    page.get_by_role("button", name=words["begin"]).click()
    keep(page, words, minutes="4", photo=picture)
    expect(page.locator(".walk-done li:not(.unsent)")).to_have_count(1)
    expect(page.locator(".walk-done")).to_contain_text(words["photos"], timeout=30_000)
    sized(page)

    # Under ground: the step stays on the phone, also when the page is closed and opened again.
    context.set_offline(offline=True)
    keep(page, words, minutes="500")
    expect(page.get_by_text(re.compile(words["waiting"]))).to_be_visible()
    context.set_offline(offline=False)
    page.reload()
    expect(page.locator(".walk-done li:not(.unsent)")).to_have_count(2, timeout=PATIENCE_MS)
    expect(page.get_by_text(re.compile(words["waiting"]))).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('tiexin.walk.')).length") == 1

    # A step too many is taken back, then the walk is over.
    keep(page, words, minutes="1")
    expect(page.locator(".walk-done li:not(.unsent)")).to_have_count(3)
    page.get_by_role("button", name=re.compile(words["back"])).last.click()
    expect(page.locator(".walk-done li")).to_have_count(2)
    page.get_by_role("button", name=words["over"]).click()
    page.get_by_role("radio", name=words["bad"], exact=True).check()
    assert violations(page) == []
    page.get_by_role("button", name=words["finish"]).click()
    expect(page.locator("#paired table tbody tr")).not_to_have_count(0, timeout=PATIENCE_MS)
    expect(page.locator("#seen img")).to_have_count(1)
    expect(page.locator("#seen")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#seen img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 64
    sized(page)
    assert violations(page) == []
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('tiexin.walk.')).length") == 0
    assert [line for line in said if "ERR_INTERNET_DISCONNECTED" not in line] == []
    context.close()


def test_whoever_may_not_record_reads_only(browser: Browser, bank: str) -> None:
    with opened(browser, f"{bank}/walks", role="auditor") as page:
        expect(page.locator("p.answer")).to_be_visible()
        expect(page.get_by_role("button", name=WORDS["en"]["plan"])).to_have_count(0)
