"""The real application on a made-up bank, and Debian's Chromium to look at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.support.console import CHROMIUM, PATIENCE_MS, needed, serving
from tests.support.pages import add_people
from tests.support.vouched import make_vouched
from tiexin.app.demo.home import Wanted, demo_settings, prepare_demo
from tiexin.app.spa import BUILT

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium from Debian, on the console as it was built."""
    needed(CHROMIUM, what="Chromium")
    needed(BUILT / "index.html", what="the built console")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS, timeout=PATIENCE_MS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an installation that serves 600 customers over six months."""
    home = tmp_path_factory.mktemp("bank") / "home"
    wanted = Wanted(customers=600, months=6, seed=3)
    prepare_demo(demo_settings(home), wanted, fresh=False, progress=lambda *_: None)
    add_people(home)
    with serving(home) as address:
        yield address


@pytest.fixture(scope="session")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an installation whose record is empty."""
    home = tmp_path_factory.mktemp("nobody")
    add_people(home)
    with serving(home) as address:
        yield address


@pytest.fixture(scope="session")
def vouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and home of a small bank whose record has a verifiable log."""
    home = tmp_path_factory.mktemp("vouched") / "home"
    make_vouched(home)
    with serving(home) as address:
        yield address, home
