"""Pages of the console as people of every role open them: signed in through the page itself, held to silence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.console import AXE, PATIENCE_MS, needed
from tiexin.access.api import open_access
from tiexin.access.contracts import Role
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record
from tiexin.record.contracts import EventFilter

PASSWORD = "eleven quiet herons wait"
LIMITED = (Role.AGENT, Role.OFFICER)
"""Roles that belong to a unit in tests, where the record knows one; the others see the whole institution."""
_kept: dict[tuple[str, str], Any] = {}


def add_people(home: Path) -> None:
    """Add a user of every role to an installation, named like the role, the customer standing for somebody in it."""
    settings = Settings(home=home)
    with open_record(settings) as record, open_access(settings, record=record) as access:
        complaints = record.iterate(EventFilter(type="complaint.received.v1"))
        complaint = next(((one.event.subject, one.event.org) for one in complaints), ("nobody", None))
        for role in Role:
            subject = complaint[0] if role is Role.CUSTOMER else None
            unit = complaint[1] if role in LIMITED else None
            access.users.add(role.value, role=role, by="test", unit=unit, subject=subject, password=PASSWORD)


def enter(page: Page, address: str, name: str, *, password: str = PASSWORD) -> None:
    """Sign in through the page, as people do."""
    page.goto(f"{address}/sign-in")
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("form button.main").click()


def signed_in(browser: Browser, address: str, role: str, **options: Any) -> BrowserContext:
    """Return a context in which a user of a role is signed in; the first of a role signs in through the page."""
    key = (address, role)
    if key not in _kept:
        with browser.new_context() as first:
            first.set_default_timeout(PATIENCE_MS)
            page = first.new_page()
            enter(page, address, role)
            expect(page.locator(".frame")).to_be_visible()
            _kept[key] = {"cookies": first.storage_state()["cookies"]}
    context = browser.new_context(storage_state=_kept[key], **options)
    context.set_default_timeout(PATIENCE_MS)
    return context


@contextmanager
def opened(
    browser: Browser,
    address: str,
    *,
    language: str = "en",
    width: int = 1440,
    scheme: str = "light",
    role: str = "admin",
) -> Iterator[Page]:
    """Open a page for somebody of a role and hold it to silence: no console error, no broken rule of the policy."""
    origin = "/".join(address.split("/")[:3])
    options: dict[str, Any] = {
        "viewport": {"width": width, "height": 900},
        "locale": language,
        "color_scheme": scheme,
    }
    context = signed_in(browser, origin, role, **options)
    page = context.new_page()
    said = listened(page)
    page.goto(address)
    yield page
    assert said == []
    context.close()


def listened(page: Page) -> list[str]:
    """Return the list into which everything goes that the page complains about."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong, as rule and first place."""
    page.evaluate(needed(AXE, what="axe-core").read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found["violations"]]
