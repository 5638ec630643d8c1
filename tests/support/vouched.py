"""An installation whose record has a verifiable log: the made-up bank, its key, and its first published head."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.support.pages import add_people
from tiexin.app.demo.home import Wanted, demo_settings, prepare_demo
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record
from tiexin.record.contracts import EventFilter, RecordedEvent
from tiexin.trust.api import open_trust

ORIGIN = "bank.example/log"


def make_vouched(home: Path) -> None:
    """Make up a small bank with people of every role, begin its log and publish a head over all of it."""
    wanted = Wanted(customers=300, months=4, seed=3)
    prepare_demo(demo_settings(home), wanted, fresh=False, progress=lambda *_: None)
    add_people(home)
    publish(home)


def publish(home: Path) -> None:
    """Publish a head over the whole record; the first time, begin the log."""
    settings = Settings(home=home)
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        if not trust.initialised:
            trust.keys.create(ORIGIN)
        trust.sync()


def first_event(home: Path, kind: str, *, such: Callable[[RecordedEvent], bool] = lambda _: True) -> RecordedEvent:
    """Return the first event of a kind that is such."""
    with open_record(Settings(home=home)) as record:
        return next(one for one in record.iterate(EventFilter(type=kind)) if such(one))


def proof_of(home: Path, index: int) -> bytes:
    """Return the receipt of an event, as ``tiexin trust prove`` writes it."""
    settings = Settings(home=home)
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        return trust.prove(index=index)


def vkey_of(home: Path) -> str:
    """Return the log's verifier key."""
    settings = Settings(home=home)
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        return trust.keys.vkeys()[0]
