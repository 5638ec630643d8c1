"""The real application on a made-up bank, and Debian's Chromium to look at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.console import serving
from tiexin.app.demo.home import Wanted, demo_settings, prepare_demo
from tiexin.app.spa import BUILT

CHROMIUM = Path("/usr/bin/chromium")
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
    """Chromium from Debian; tests are skipped where it, or the built console, is missing."""
    if not CHROMIUM.is_file():
        pytest.skip(f"{CHROMIUM} is not installed (scripts/debian-packages installs it)")
    if not (BUILT / "index.html").is_file():
        pytest.skip("the console is not built (make install, or npm run build in web/)")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an installation that serves 600 customers over six months."""
    home = tmp_path_factory.mktemp("bank") / "home"
    wanted = Wanted(customers=600, months=6, seed=3)
    prepare_demo(demo_settings(home), wanted, fresh=False, progress=lambda *_: None)
    with serving(home) as address:
        yield address


@pytest.fixture(scope="session")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an installation whose record is empty."""
    with serving(tmp_path_factory.mktemp("nobody")) as address:
        yield address
