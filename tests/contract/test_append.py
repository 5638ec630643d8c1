"""Appending: dense positions, redelivery, contradiction, limits, many writers at once."""

from __future__ import annotations

import multiprocessing
import threading
from typing import Any

import msgspec
import pytest

from tests.support.events import call, calls
from tiexin.infra.settings import KindMode, Settings
from tiexin.record.api import BatchTooLargeError, EventConflictError, EventsRefusedError, Record, open_record
from tiexin.record.contracts import AppendReceipt, Event, EventFilter

WRITERS = 8


def positions(record: Record) -> list[int]:
    return [found.position for found in record.iterate()]


def test_positions_are_dense_and_follow_the_order_of_the_batch(record: Record) -> None:
    assert record.append(calls(3)) == AppendReceipt(appended=3, duplicates=0, positions=[1, 2, 3])
    assert record.append(calls(2, first=3)) == AppendReceipt(appended=2, duplicates=0, positions=[4, 5])
    assert [found.event.id for found in record.iterate()] == ["call-0", "call-1", "call-2", "call-3", "call-4"]
    assert record.position() == 5


def test_what_is_read_is_what_was_appended(record: Record) -> None:
    event = call(
        1,
        journey="loan",
        case="c-1",
        actor="bot",
        step="ask",
        lifecycle="COMPLETE",
        org="b-1",
        product="card",
        segment="retail",
        team="t-1",
        extras={"traceparent": "00-ab-cd-01", "sampled": True, "weight": 7},
        data={"outcome": "answered", "queue_seconds": 1.5, "talk_seconds": 2, "own": {"深": ["a", None, 1e300]}},
    )
    record.append([event])
    assert record.read().events[0].event == event


def test_redelivery_is_counted_and_changes_nothing(record: Record) -> None:
    record.append(calls(3))
    assert record.append(calls(4)) == AppendReceipt(appended=1, duplicates=3, positions=[1, 2, 3, 4])
    assert record.append(calls(4)) == AppendReceipt(appended=0, duplicates=4, positions=[1, 2, 3, 4])
    assert positions(record) == [1, 2, 3, 4]


def test_an_event_twice_in_one_batch_is_stored_once(record: Record) -> None:
    batch = [call(1), call(2), call(1)]
    assert record.append(batch) == AppendReceipt(appended=2, duplicates=1, positions=[1, 2, 1])
    assert positions(record) == [1, 2]


@pytest.mark.parametrize(
    "change",
    [
        {"time_us": 1},
        {"type": "chat.ended.v1"},
        {"subject": "another"},
        {"subject": None},
        {"channel": "chat"},
        {"case": "c"},
        {"team": "t"},
        {"extras": {"a": "b"}},
        {"data": {"outcome": "answered", "queue_seconds": 2, "talk_seconds": 100}},
    ],
)
def test_the_same_id_with_other_content_is_refused_and_nothing_is_stored(
    record: Record, change: dict[str, Any]
) -> None:
    record.append([call(1)])
    with pytest.raises(EventConflictError) as refused:
        record.append([call(2), call(1, **change), call(3)])
    assert [(problem.index, problem.id) for problem in refused.value.problems] == [(1, "call-1")]
    assert [found.event for found in record.iterate()] == [call(1)]
    assert record.append([call(2)]).positions == [2]


def test_the_same_id_from_another_source_is_another_event(record: Record) -> None:
    assert record.append([call(1), call(1, source="urn:test:other")]).appended == 2


def test_a_batch_with_a_bad_event_is_refused_whole_and_names_every_bad_one(record: Record) -> None:
    bad = [
        call(0),
        call(1, data={"outcome": "answered", "queue_seconds": -1, "talk_seconds": 2}),
        call(2, id=""),
        call(3, channel="pigeon"),
        call(4, subject=None, data={"outcome": "answered", "queue_seconds": 1, "talk_seconds": 2, "personal": {}}),
        call(5, type="system.subject_erased.v1", data={"reason": "forged"}),
        call(6, step="nul\0"),
        call(7, team="x" * 1_025),
    ]
    with pytest.raises(EventsRefusedError) as refused:
        record.append(bad)
    assert [(problem.index, problem.member) for problem in refused.value.problems] == [
        (1, "data"),
        (2, "id"),
        (3, "channel"),
        (4, "subject"),
        (5, "type"),
        (6, "$"),
        (7, "team"),
    ]
    assert record.position() == 0
    assert positions(record) == []


def test_limits_stand_in_the_error_and_nothing_is_stored(record: Record) -> None:
    with pytest.raises(BatchTooLargeError) as events:
        record.append(calls(10_001))
    assert "10,001 events" in events.value.message
    assert events.value.facts == {"limit_events": 10_000, "limit_bytes": 16_777_216}
    heavy = [call(1, data={"outcome": "answered", "queue_seconds": 1, "talk_seconds": 1, "pad": "x" * 16_777_216})]
    with pytest.raises(BatchTooLargeError) as size:
        record.append(heavy)
    assert size.value.facts["limit_bytes"] == 16_777_216
    assert record.position() == 0


def test_ten_thousand_events_are_one_batch(record: Record) -> None:
    assert record.append(calls(10_000)).appended == 10_000
    assert record.position() == 10_000


def test_an_unknown_kind_is_kept_when_lenient_and_refused_when_strict(record: Record, settings: Settings) -> None:
    foreign = call(1, type="com.example.happened", data={"any": "thing"})
    assert record.append([foreign]).appended == 1
    with open_record(msgspec.structs.replace(settings, kinds=KindMode.STRICT)) as strict:
        with pytest.raises(EventsRefusedError, match="not a known kind"):
            strict.append([msgspec.structs.replace(foreign, id="other")])
        assert strict.position() == 1


def test_a_kind_of_the_institution_is_checked_by_its_schema(settings: Settings) -> None:
    folder = settings.home / "kinds"
    folder.mkdir(parents=True)
    schema = {"type": "object", "required": ["weight"], "properties": {"weight": {"type": "integer", "minimum": 1}}}
    (folder / "parcel.sent.v1.json").write_bytes(msgspec.json.encode(schema))
    with open_record(settings) as record:
        assert record.append([call(1, type="parcel.sent.v1", data={"weight": 2})]).appended == 1
        with pytest.raises(EventsRefusedError, match="weight"):
            record.append([call(2, type="parcel.sent.v1", data={"weight": 0})])
        assert record.position() == 1


def test_threads_share_commits_and_every_one_gets_its_own_answer(record: Record) -> None:
    record.append([call(0)])
    receipts: dict[int, AppendReceipt] = {}
    refused: list[int] = []

    def write(number: int) -> None:
        if number % 10 == 9:
            try:
                record.append([call(0, time_us=1), call(1_000 + number)])
            except EventConflictError:
                refused.append(number)
        else:
            receipts[number] = record.append([call(number * 2 + 1), call(number * 2 + 2)])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(refused) == [9, 19, 29, 39]
    assert {receipt.appended for receipt in receipts.values()} == {2}
    stored = {found.event.id: found.position for found in record.iterate()}
    assert sorted(stored.values()) == list(range(1, 74))
    for number, receipt in receipts.items():
        assert receipt.positions == [stored[f"call-{number * 2 + 1}"], stored[f"call-{number * 2 + 2}"]]


def test_a_caller_that_gives_up_in_the_queue_stores_nothing_and_stops_nobody(record: Record) -> None:
    with record.database.write() as connection:  # the writer has to wait, so the queue fills
        connection.exec_driver_sql("UPDATE record_counter SET position = position")
        first = record.submit([call(1)])
        while not first.running():
            threading.Event().wait(0.001)
        second, third = record.submit([call(2)]), record.submit([call(3)])
        assert second.cancel()
    assert [first.result().positions, third.result().positions] == [[1], [2]]
    assert [found.event.id for found in record.iterate()] == ["call-1", "call-3"]


def write_batches(settings: Settings, writer: int, batches: int) -> None:
    with open_record(settings) as record:
        for batch in range(batches):
            record.append([call(n, source=f"urn:test:{writer}") for n in range(batch * 7, batch * 7 + 7)])


def test_a_follower_misses_and_doubles_nothing_with_eight_writing_processes(settings: Settings) -> None:
    with open_record(settings) as record:
        context = multiprocessing.get_context("spawn")
        writers = [context.Process(target=write_batches, args=(settings, writer, 12)) for writer in range(WRITERS)]
        for writer in writers:
            writer.start()
        seen: list[tuple[int, str, str]] = []
        while len(seen) < WRITERS * 12 * 7 and (any(w.is_alive() for w in writers) or record.position() > len(seen)):
            page = record.read(after=seen[-1][0] if seen else 0, limit=50)
            seen.extend((found.position, found.event.source, found.event.id) for found in page.events)
            record.wait_beyond(10**9, timeout_seconds=0.01)
        for writer in writers:
            writer.join()
            assert writer.exitcode == 0
    assert [position for position, _, _ in seen] == list(range(1, WRITERS * 12 * 7 + 1))
    for number in range(WRITERS):
        own = [event_id for _, source, event_id in seen if source == f"urn:test:{number}"]
        assert own == [f"call-{n}" for n in range(12 * 7)]


def test_filters_and_cursor_return_each_event_once(record: Record) -> None:
    batch: list[Event] = [
        call(n, case=f"c-{n % 3}", journey="loan" if n % 2 else "card", channel="phone" if n % 4 else "chat")
        for n in range(50)
    ]
    record.append(batch)

    def ids(wanted: EventFilter) -> list[str]:
        found, after = [], 0
        while True:
            page = record.read(wanted, after=after, limit=7)
            found += [recorded.event.id for recorded in page.events]
            if page.next_after is None:
                return found
            after = page.next_after

    assert ids(EventFilter()) == [f"call-{n}" for n in range(50)]
    assert ids(EventFilter(subject="person-2")) == [f"call-{n}" for n in range(50) if n % 5 == 2]
    assert ids(EventFilter(case="c-1", journey="loan")) == [f"call-{n}" for n in range(50) if n % 3 == 1 and n % 2]
    assert ids(EventFilter(channel="chat")) == [f"call-{n}" for n in range(0, 50, 4)]
    assert ids(EventFilter(type="chat.ended.v1")) == []
    since, until = batch[10].time_us, batch[20].time_us
    assert ids(EventFilter(since_us=since, until_us=until)) == [f"call-{n}" for n in range(10, 20)]


def test_statistics_count_the_houses_own_events_apart(record: Record) -> None:
    empty = record.stats()
    assert (empty.events, empty.subjects, empty.first, empty.last) == (0, 0, None, None)
    record.append(calls(7))
    record.erase("person-1", reason="asked")
    found = record.stats()
    assert (found.events, found.subjects, found.system_events, found.position) == (7, 5, 1, 8)
    assert (found.first, found.last) == ("2023-11-14T22:13:20Z", "2023-11-14T22:13:26Z")
    assert found.bytes > 0
