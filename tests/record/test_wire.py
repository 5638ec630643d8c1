"""Events as JSON: what is accepted comes back the same, what is not is named."""

from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.events import call, calls
from tiexin.kernel.clock import TIME_US_MAX, TIME_US_MIN
from tiexin.kernel.errors import MalformedError
from tiexin.record.api import BatchTooLargeError, EventsRefusedError
from tiexin.record.contracts import Event, PersonalState, RecordedEvent
from tiexin.record.wire import decode_any, decode_batch, decode_event, encode_event, recorded_event

MINIMAL = {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "time": "2026-01-02T03:04:05.678901+08:00"}

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
maybe = st.none() | texts
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
extensions = st.dictionaries(
    st.from_regex(r"x[a-z0-9]{1,8}", fullmatch=True),
    texts | st.booleans() | st.integers(-(2**31), 2**31 - 1),
    max_size=2,
)
events = st.builds(
    Event,
    id=texts,
    source=texts,
    type=texts,
    time_us=st.integers(TIME_US_MIN, TIME_US_MAX),
    data=st.dictionaries(texts, values, max_size=4),
    subject=maybe,
    channel=maybe,
    case=maybe,
    step=maybe,
    team=maybe,
    extras=extensions.map(lambda found: found or None),
)


@given(events)
def test_every_event_comes_back_the_same(event: Event) -> None:
    assert decode_event(encode_event(event)) == event


def test_a_batch_comes_back_in_order() -> None:
    body = b"[" + b",".join(encode_event(event) for event in calls(3)) + b"]"
    assert decode_batch(body) == calls(3)
    assert decode_any(b"  " + body) == calls(3)
    assert decode_any(encode_event(call(1))) == [call(1)]


def test_time_is_kept_to_the_microsecond_in_utc() -> None:
    assert decode_event(msgspec.json.encode(MINIMAL)).time_us == 1_767_294_245_678_901


def test_an_extension_of_others_is_kept_also_in_a_batch() -> None:
    body = msgspec.json.encode([MINIMAL, {**MINIMAL, "id": "2", "traceparent": "00-1-2-01"}])
    assert [event.extras for event in decode_batch(body)] == [None, {"traceparent": "00-1-2-01"}]


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"id": 7}, "id"),
        ({"specversion": "0.3"}, "specversion"),
        ({"time": "2026-01-02T03:04:05"}, "time"),
        ({"time": "yesterday"}, "time"),
        ({"data": [1]}, "data"),
        ({"data_base64": "AA=="}, "data_base64"),
        ({"datacontenttype": "text/xml"}, "datacontenttype"),
        ({"Trace-Parent": "x"}, "Trace-Parent"),
        ({"weight": 1.5}, "weight"),
        ({"weight": 2**31}, "weight"),
        ({"nested": {}}, "nested"),
        ({"position": 5}, "position"),
    ],
)
def test_what_is_not_an_event_is_refused_with_its_member(change: dict[str, object], member: str) -> None:
    with pytest.raises(EventsRefusedError) as single:
        decode_event(msgspec.json.encode({**MINIMAL, **change}))
    assert [problem.member for problem in single.value.problems] == [member]
    with pytest.raises(EventsRefusedError) as batch:
        decode_batch(msgspec.json.encode([MINIMAL, {**MINIMAL, **change}]))
    assert [(problem.index, problem.member) for problem in batch.value.problems] == [(1, member)]


@pytest.mark.parametrize("missing", ["specversion", "id", "source", "type", "time"])
def test_a_missing_attribute_is_named(missing: str) -> None:
    body = msgspec.json.encode({name: value for name, value in MINIMAL.items() if name != missing})
    with pytest.raises(EventsRefusedError, match=missing):
        decode_event(body)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"id": "\xff"}', b"[" * 100_000, b"nope"])
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_event(body)
    with pytest.raises(MalformedError):
        decode_batch(body)


def test_too_many_events_are_refused_with_the_limit() -> None:
    body = msgspec.json.encode([MINIMAL] * 10_001)
    with pytest.raises(BatchTooLargeError, match="10,000 events"):
        decode_batch(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_events_or_a_typed_refusal(body: bytes) -> None:
    for decode in (decode_event, decode_batch, decode_any):
        with contextlib.suppress(MalformedError, EventsRefusedError, BatchTooLargeError):
            assert decode(body) is not None


def test_a_recorded_event_says_where_it_stands() -> None:
    found = recorded_event(RecordedEvent(position=3, recorded_us=0, event=call(1), personal=PersonalState.SEALED))
    assert (found["position"], found["personalstate"]) == (3, "sealed")
