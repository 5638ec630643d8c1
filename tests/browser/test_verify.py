"""Somebody who is not signed in checks receipts: genuine ones, edited ones, a scanned code, without anything sent."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.console import PATIENCE_MS
from tests.support.pages import listened, signed_in, violations
from tests.support.vouched import ORIGIN, first_event, proof_of, vkey_of
from tiexin.trust.receipts.facts import facts_of

Vouched = tuple[str, Path]
GENUINE = "This receipt is genuine."
OTHER_KEY = "bank.example/log+42a963ee+Af0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY"
"""A key of the same name that never signed anything."""
WITNESS_KEY = "witness.example+a50367b6+BP0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY"
"""A key of a witness that never signed anything."""


@contextmanager
def visiting(
    browser: Browser,
    address: str,
    *,
    language: str = "en",
    width: int = 1440,
    scheme: str = "light",
    silent: bool = True,
) -> Iterator[Page]:
    """Open the page as somebody who never signed in; it must not complain in the console."""
    options: dict[str, Any] = {
        "viewport": {"width": width, "height": 900},
        "locale": language,
        "color_scheme": scheme,
        "timezone_id": "Asia/Shanghai",
    }
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    said = listened(page)
    page.goto(address)
    expect(page.locator(".verify-content .drop-receipt")).to_be_visible()
    expect(page.locator("#verify-keys")).to_be_visible()
    yield page
    assert not silent or said == []
    context.close()


def drop(page: Page, name: str, content: bytes) -> None:
    """Give the page a file."""
    file: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator(".drop-receipt input[type=file]").set_input_files(file)


def answered(page: Page) -> Any:
    """Return the place of the answer about the receipt that is shown."""
    return page.locator(".verdict .answer").last


def edited(proof: bytes, old: str, new: str) -> bytes:
    """Return a receipt whose record reads otherwise than what was entered."""
    lines = proof.split(b"\n")
    opening = json.loads(base64.b64decode(lines[1].removeprefix(b"extra ")))
    assert old in opening["canonical"]
    opening["canonical"] = opening["canonical"].replace(old, new)
    lines[1] = b"extra " + base64.b64encode(json.dumps(opening).encode())
    return b"\n".join(lines)


@pytest.fixture(scope="module")
def complaint(vouched: Vouched) -> tuple[int, bytes, str]:
    """Position of a complaint, its receipt, and its case."""
    found = first_event(vouched[1], "complaint.received.v1")
    assert found.event.case is not None
    return found.position, proof_of(vouched[1], found.position - 1), found.event.case


@pytest.mark.parametrize(
    ("language", "scheme", "told"),
    [("en", "light", GENUINE), ("zh-CN", "dark", "这张回执是真的。")],
)
def test_a_receipt_is_checked_without_anything_being_sent(
    vouched: Vouched, complaint: tuple[int, bytes, str], browser: Browser, language: str, scheme: str, told: str
) -> None:
    position, proof, case = complaint
    with visiting(browser, f"{vouched[0]}/verify", language=language, scheme=scheme) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_load_state("networkidle")
        asked.clear()
        drop(page, "receipt.tlog-proof", proof)
        expect(answered(page)).to_contain_text(told)
        expect(page.locator(".verdict")).to_contain_text(ORIGIN)
        expect(page.locator(".verify-record").first).to_contain_text(case)
        expect(page.locator(".verify-steps li.good")).to_have_count(4)
        # Nobody outside has signed, and the page says so rather than passing it over.
        expect(page.locator(".verify-steps li.open")).to_have_count(1)
        assert page.locator(".verify-list.unproved li").count() >= 4
        page.locator("details", has=page.locator("pre.letters")).locator("summary").click()
        assert json.loads(page.locator("pre.letters").inner_text())["position"] == position
        assert violations(page) == []
        # The other language, and back: the verdict stays, and still nothing is asked of the server.
        page.locator(".controls button.icon").first.click()
        expect(answered(page)).to_contain_text(GENUINE if language != "en" else "这张回执是真的。")
        # The drawing in the tab is fetched by the browser whenever it likes, and says nothing of the file.
        assert [url for url in asked if not url.endswith("/favicon.svg")] == []


def test_a_changed_letter_is_found_and_the_text_is_not_shown(
    vouched: Vouched, complaint: tuple[int, bytes, str], browser: Browser
) -> None:
    _, proof, case = complaint
    with visiting(browser, f"{vouched[0]}/verify") as page:
        drop(page, "receipt.tlog-proof", edited(proof, case, case + "0"))
        expect(answered(page)).to_contain_text("does not hold")
        expect(page.locator(".verdict")).to_contain_text("At least one letter differs")
        expect(page.locator(".verify-steps li.bad")).to_have_count(1)
        expect(page.locator("#verify-next")).to_be_visible()
        expect(page.locator(".verify-record")).to_have_count(0)
        assert case not in page.locator("main").inner_text()


def test_certificates_and_bundles_are_opened(
    vouched: Vouched, complaint: tuple[int, bytes, str], browser: Browser
) -> None:
    position, _, case = complaint
    address = vouched[0]
    office = signed_in(browser, address, "auditor")
    certificate = office.request.get(f"{address}/v1/trust/receipts/{position}/certificate").body()
    bundle = office.request.get(f"{address}/v1/trust/cases/{case}/bundle").body()
    office.close()
    with visiting(browser, f"{address}/verify") as page:
        drop(page, "receipt.pdf", certificate)
        expect(answered(page)).to_contain_text(GENUINE)
        expect(page.locator(".verify-list.unproved")).to_contain_text("printed on the certificate")
        drop(page, "evidence.zip", bundle)
        expect(page.locator(".verdict .answer").first).to_contain_text("receipts are genuine")
        choices = page.locator(".receipt-choice button")
        assert choices.count() >= 2
        choices.nth(1).click()
        expect(choices.nth(1)).to_have_attribute("aria-pressed", "true")
        drop(page, "letter.txt", b"Dear customer")
        expect(answered(page)).to_contain_text("cannot be checked")
        drop(page, "empty.pdf", b"%PDF-1.7\nnothing\n%%EOF\n")
        expect(page.locator(".verdict")).to_contain_text("there is no receipt in it")


def test_with_a_key_of_ones_own(vouched: Vouched, complaint: tuple[int, bytes, str], browser: Browser) -> None:
    _, proof, _ = complaint
    with visiting(browser, f"{vouched[0]}/verify") as page:
        expect(page.locator(".verify-keys code").first).to_have_text(vkey_of(vouched[1]))
        page.locator("summary", has_text="Use a key that I received another way").click()
        keys = page.get_by_label("One key a line")
        keys.fill("bank.example/log+00000000+AAAA")
        page.get_by_role("button", name="Use these keys").click()
        expect(page.locator(".refusal")).to_contain_text("Line 1 is no complete key")
        keys.fill(OTHER_KEY)
        page.get_by_role("button", name="Use these keys").click()
        drop(page, "receipt.tlog-proof", proof)
        expect(answered(page)).to_contain_text("cannot be settled yet")
        page.get_by_role("button", name="Back to the keys of this website").click()
        expect(answered(page)).to_contain_text(GENUINE)
        # Somebody who asks for a witness is told what holds and what is lacking.
        page.locator("summary", has_text="Use a key that I received another way").click()
        keys.fill(f"{vkey_of(vouched[1])}\n{WITNESS_KEY}")
        page.get_by_role("button", name="Use these keys").click()
        expect(answered(page)).to_contain_text("only witnesses are lacking")
        expect(page.locator(".verify-steps")).to_contain_text("Too few witnesses have signed")


def test_a_scanned_code_is_found_in_the_public_log(
    vouched: Vouched, complaint: tuple[int, bytes, str], browser: Browser
) -> None:
    _, proof, _ = complaint
    facts = facts_of(proof)
    for entry, told in ((facts.entry, "Found: entry"), (bytes(32), "is not the one of the code")):
        code = base64.urlsafe_b64encode(entry).rstrip(b"=").decode()
        told_there = urlencode({"origin": facts.origin, "index": facts.index, "entry": code})
        with visiting(browser, f"{vouched[0]}/verify#{told_there}") as page:
            page.get_by_role("button", name="Look it up in the public log").click()
            expect(page.locator(".verdict")).to_contain_text(told)
            assert violations(page) == []
            drop(page, "receipt.tlog-proof", proof)
            same = "It is the record that the code" if entry == facts.entry else "it is another record"
            expect(page.locator(".verdict")).to_contain_text(same)


@pytest.mark.parametrize("width", [390, 360])
def test_it_fits_a_telephone(vouched: Vouched, complaint: tuple[int, bytes, str], browser: Browser, width: int) -> None:
    with visiting(browser, f"{vouched[0]}/verify", language="zh-CN", width=width) as page:
        assert violations(page) == []
        drop(page, "receipt.tlog-proof", complaint[1])
        expect(answered(page)).to_contain_text("这张回执是真的。")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator(".controls button[aria-pressed]").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_where_no_log_has_begun_the_page_says_so(nobody: str, browser: Browser) -> None:
    # The answer 404 to the keys stands in the browser's console; everything else is quiet.
    with visiting(browser, f"{nobody}/verify", silent=False) as page:
        expect(page.locator("main")).to_contain_text("has not published a key of its log yet")
        expect(page.get_by_label("One key a line")).to_be_visible()
