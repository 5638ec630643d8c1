"""The pure ground: times, identifiers, errors."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiexin.kernel.clock import TIME_US_MAX, TIME_US_MIN, FixedClock, SystemClock, from_us, iso_us, to_us
from tiexin.kernel.errors import NotFoundError, TiexinError
from tiexin.kernel.ids import IdSource
from tiexin.kernel.text import Language, Text


@given(st.integers(TIME_US_MIN, TIME_US_MAX))
def test_microseconds_come_back_exactly(time_us: int) -> None:
    assert to_us(from_us(time_us)) == time_us
    assert datetime.fromisoformat(iso_us(time_us)) == from_us(time_us)


def test_the_zone_is_honoured_and_never_guessed() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=timezone(timedelta(hours=8)))
    assert iso_us(to_us(moment)) == "2026-01-01T19:04:05.678901Z"
    with pytest.raises(ValueError, match="no time zone"):
        to_us(moment.replace(tzinfo=None))


def test_the_system_clock_tells_utc() -> None:
    before = datetime.now(UTC)
    assert from_us(SystemClock().now_us()) >= before - timedelta(milliseconds=1)


def test_identifiers_are_uuid_7_and_sort_by_time() -> None:
    clock = FixedClock(1_645_557_742_000_000)
    # RFC 9562, appendix A.6: the example value of version 7.
    source = IdSource(clock, lambda _: (0xCC3 << 68 | 0x18C4DC0C0C07398F).to_bytes(10, "big"))
    assert source.new() == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
    plain = IdSource(clock)
    first = plain.new()
    clock.advance(microseconds=1_000)
    assert uuid.UUID(first).version == 7
    assert first < plain.new()


def test_an_error_is_a_problem_with_stable_code_and_facts() -> None:
    problem = NotFoundError("No journey of that name", known=["loan"]).problem()
    assert problem == {
        "type": "urn:tiexin:problem:not_found",
        "title": "Not found",
        "status": 404,
        "code": "not_found",
        "detail": "No journey of that name",
        "known": ["loan"],
    }
    assert issubclass(NotFoundError, TiexinError)


def test_a_text_speaks_both_languages() -> None:
    text = Text("投诉", "Complaint")
    assert (text.in_language(Language.ZH), text.in_language(Language.EN)) == ("投诉", "Complaint")
