"""Which events of a case somebody gets: nothing hidden takes the place of, or betrays itself by, what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.events import call
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record
from tiexin.trust.receipts import lookup
from tiexin.trust.receipts.kinds import load_kinds
from tiexin.trust.receipts.lookup import Receipts


@pytest.mark.parametrize("hidden", ["suspicious.transaction_reported.v9", None])
def test_a_protected_event_pushes_no_other_out_of_a_full_case(
    tmp_path: Path, hidden: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "CASE_MAX", 8)
    monkeypatch.setattr(lookup, "_CHUNK", 4)
    settings = Settings(home=tmp_path / "home")
    with open_record(settings) as record:
        shown = [call(number, type="complaint.noted.v9", case="C-1") for number in range(10)]
        record.append(shown if hidden is None else [*shown, call(99, type=hidden, case="C-1")])
        found = Receipts(record, load_kinds(settings)).events_of_case("C-1")
    assert [one.event.id for one in found] == [f"call-{number}" for number in range(2, 10)]
