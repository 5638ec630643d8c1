"""How the record refuses events: every refusal names the event, the member and the limit, and nothing was stored."""

from __future__ import annotations

from typing import Any

import msgspec

from tiexin.kernel.errors import ConflictError, InvalidInputError, TooLargeError, UnavailableError
from tiexin.record.contracts import BATCH_BYTES_MAX, BATCH_EVENTS_MAX

PROBLEMS_SHOWN_MAX = 100


class EventProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one event: its index in the batch (from 0), its id, the member and the reason."""

    index: int = 0
    id: str | None = None
    member: str = "$"
    reason: str
    code: str = "invalid_event"


def _sentence(problems: list[EventProblem], which: str) -> str:
    first = problems[0]
    more = f" ({len(problems)} events in all)" if len(problems) > 1 else ""
    return f"Event {first.index} {which}: {first.reason}{more}. Nothing of the batch was stored."


def _facts(problems: list[EventProblem]) -> dict[str, Any]:
    shown = [msgspec.to_builtins(problem) for problem in problems[:PROBLEMS_SHOWN_MAX]]
    return {"errors": shown, "refused": len(problems)}


class EventsRefusedError(InvalidInputError):
    """Events break a rule; the whole batch was refused and nothing was stored."""

    code = "events_refused"
    title = "The events were refused"

    def __init__(self, problems: list[EventProblem]) -> None:
        super().__init__(_sentence(problems, f"({problems[0].member})"), **_facts(problems))
        self.problems = problems


class EventConflictError(ConflictError):
    """The same source and id stand in the record with other content; nothing of the batch was stored."""

    code = "event_conflict"
    title = "An event with this source and id is recorded with other content"

    def __init__(self, problems: list[EventProblem]) -> None:
        super().__init__(_sentence(problems, f"(id {problems[0].id!r})"), **_facts(problems))
        self.problems = problems


class BatchTooLargeError(TooLargeError):
    """A batch holds more events or bytes than one batch may."""

    code = "batch_too_large"

    def __init__(self, *, events: int | None = None, size_bytes: int | None = None) -> None:
        found = f"{events:,} events" if events is not None else f"{size_bytes or 0:,} bytes"
        super().__init__(
            f"The batch has {found}; the limit is {BATCH_EVENTS_MAX:,} events and {BATCH_BYTES_MAX:,} bytes. "
            "Nothing was stored; send smaller batches.",
            limit_events=BATCH_EVENTS_MAX,
            limit_bytes=BATCH_BYTES_MAX,
        )


class RecordDamagedError(UnavailableError):
    """The database cannot read its own file at a place; names the position before it."""

    code = "record_damaged"
    title = "The record is damaged"
