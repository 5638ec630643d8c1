"""An installation with a verifiable log, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tiexin.infra.settings import Settings
from tiexin.kernel.clock import Clock
from tiexin.record.api import Record, open_record
from tiexin.trust.api import Trust, TrustKeys, open_trust

ORIGIN = "log.bank.example/service"


@contextmanager
def begun(settings: Settings, *, clock: Clock | None = None) -> Iterator[tuple[Record, Trust]]:
    """Open record and log of an installation whose log has a key (made when there is none)."""
    keys = TrustKeys(settings)
    if not keys.initialised:
        keys.create(ORIGIN)
    with open_record(settings, clock=clock) as record, open_trust(settings, record=record, clock=clock) as trust:
        yield record, trust
