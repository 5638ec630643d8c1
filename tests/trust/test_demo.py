"""A demo has a log of its own, begun once."""

from __future__ import annotations

from pathlib import Path

from tiexin.app.demo_command import DEMO_ORIGIN, begin_log
from tiexin.infra.settings import Settings
from tiexin.trust.api import TrustKeys


def test_the_demos_log_is_begun_once_and_keeps_its_key(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    begin_log(settings)
    keys = TrustKeys(settings)
    made = keys.vkeys()
    begin_log(settings)
    assert (keys.origin, keys.vkeys(), len(made)) == (DEMO_ORIGIN, made, 1)
