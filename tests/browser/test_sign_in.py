"""Signing in as people do: the way back, refusals, the first password, a lost session, a passkey."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.console import PATIENCE_MS, serving
from tests.support.pages import PASSWORD, add_people, enter, listened, violations

pytestmark = pytest.mark.browser

NEW = "four slow barges drift by"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of an empty installation with people of every role."""
    home = tmp_path_factory.mktemp("house")
    add_people(home)
    return home


@pytest.fixture(scope="module")
def address(house: Path) -> Iterator[str]:
    """Where it is served."""
    with serving(house) as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser in which nobody is signed in."""
    with browser.new_context(locale="en") as context:
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()


def cli(home: Path, *words: str) -> bytes:
    """Run a command on an installation and return what it printed."""
    command = [sys.executable, "-m", "tiexin.app.cli", "--home", str(home), *words]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_whoever_is_not_signed_in_comes_back_to_the_page_asked_for(page: Page, address: str) -> None:
    said = listened(page)
    page.goto(f"{address}/settings/rights?x=1")
    page.wait_for_url("**/sign-in?next=*")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert violations(page) == []
    page.locator("[name=name]").fill("admin")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/rights?x=1")
    expect(page.locator("main table")).to_be_visible()
    page.get_by_role("button", name="My menu: admin").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    assert said == []
    page.goto(f"{address}/account")
    page.wait_for_url("**/sign-in?next=%2Faccount")


@pytest.mark.parametrize("next_page", ["//example.org/", "https://example.org/", "/\\example.org", "/sign-in"])
def test_the_way_back_never_leads_elsewhere(page: Page, address: str, next_page: str) -> None:
    page.goto(f"{address}/sign-in")
    enter_with = f"{address}/sign-in?next={next_page}"
    page.goto(enter_with)
    page.locator("[name=name]").fill("auditor")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".frame")).to_be_visible()
    assert page.url in {f"{address}/", f"{address}/account"}


def test_a_refusal_is_the_same_for_a_wrong_name_and_a_wrong_password(page: Page, address: str) -> None:
    words = []
    for name in ("regulator", "nobody-of-this-name"):
        enter(page, address, name, password="not the right one at all")
        expect(page.get_by_role("alert").filter(has_text="not right")).to_be_visible()
        words.append(page.get_by_role("alert").filter(has_text="not right").inner_text())
        expect(page.locator("[name=name]")).to_have_value(name)
    assert words[0] == words[1]


def test_too_many_failures_ask_to_wait_and_say_how_long(page: Page, address: str) -> None:
    enter(page, address, "agent", password="wrong")
    alert = page.get_by_role("alert")
    for _ in range(8):
        expect(alert.filter(has_text="not right").or_(alert.filter(has_text="Time left"))).to_be_visible()
        if alert.filter(has_text="Time left").count():
            break
        with page.expect_response("**/v1/session"):
            page.locator("form button.main").click()
    expect(alert).to_contain_text("Time left")
    expect(page.locator("form button.main")).to_be_disabled()
    assert violations(page) == []


def test_a_one_time_password_opens_only_the_way_to_ones_own(page: Page, address: str, house: Path) -> None:
    made = msgspec.json.decode(cli(house, "users", "add", "new.here", "--role", "analyst", "--json"))
    enter(page, address, "new.here", password=made["one_time_password"])
    expect(page.get_by_role("heading", name="Choose a password of your own")).to_be_visible()
    page.goto(f"{address}/figures")
    expect(page.get_by_role("heading", name="Choose a password of your own")).to_be_visible()
    page.locator("[name=current]").fill(made["one_time_password"])
    page.locator("[name=new]").fill(NEW)
    page.locator("[name=twice]").fill("something else")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="not the same")).to_be_visible()
    page.locator("[name=twice]").fill(NEW)
    page.keyboard.press("Enter")
    page.wait_for_url("**/figures")
    expect(page.locator(".frame")).to_be_visible()


def test_a_session_lost_in_the_middle_of_work_loses_nothing_typed(page: Page, address: str) -> None:
    enter(page, address, "admin")
    expect(page.locator(".frame")).to_be_visible()
    page.goto(f"{address}/settings/institution")
    page.locator("[name=help_phone]").fill("95599")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    again = page.get_by_role("dialog", name="You were signed out. Please sign in again")
    expect(again).to_be_visible()
    again.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(again).to_have_count(0)
    expect(page.locator("[name=help_phone]")).to_have_value("95599")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_a_passkey_opens_the_account(page: Page, address: str) -> None:
    named = address.replace("127.0.0.1", "localhost")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    enter(page, named, "officer")
    expect(page.locator(".frame")).to_be_visible()
    page.goto(f"{named}/account")
    page.get_by_label("A name for it").fill("test key")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("test key", exact=True)).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="My menu: officer").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator(".frame")).to_be_visible()
    page.goto(f"{named}/account")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove test key").click()
    expect(page.get_by_text("There is no passkey yet.")).to_be_visible()


def test_users_are_added_locked_and_unlocked(page: Page, address: str) -> None:
    enter(page, address, "admin")
    expect(page.locator(".frame")).to_be_visible()
    page.goto(f"{address}/settings/users")
    page.get_by_role("button", name="Add a user").click()
    panel = page.get_by_role("dialog", name="Add a user")
    panel.get_by_label("User name").fill("li.na")
    panel.get_by_label("Name shown").fill("李娜")
    panel.get_by_label("Role").select_option("auditor")
    panel.get_by_role("button", name="Add a user").click()
    secret = panel.locator("[data-secret]").inner_text()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Lock 李娜", exact=True).click()
    expect(page.get_by_role("button", name="Unlock 李娜")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Lock 李娜", exact=True)).to_be_visible()
    page.context.clear_cookies()
    enter(page, address, "li.na", password=secret)
    expect(page.get_by_role("heading", name="Choose a password of your own")).to_be_visible()
