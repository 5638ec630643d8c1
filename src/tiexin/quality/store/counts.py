"""The counts that figures are made of, one function a family of facts, each grouped by the key of a slice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from tiexin.quality.facts import ANSWER_WINDOW_US
from tiexin.quality.store.base import Facts, Slice

if TYPE_CHECKING:
    from tiexin.quality.rules.quantiles import Histogram

Key: TypeAlias = "str | None"
SERVICE_LEVEL_SECONDS = 20
HOUR_US = 3_600_000_000
COMPLAINT_REPEAT_US = 90 * 24 * HOUR_US
OFFERED = "f.outcome IN ('answered', 'abandoned')"
"""Calls and chats that reached a queue; phantoms did not."""
BY_PERSONS = "COALESCE(f.bot_only, FALSE) = FALSE"
REASSIGNMENTS_MOST = 5
"""Tickets reassigned as often or oftener are counted together."""


class QueueCounts(msgspec.Struct, kw_only=True):
    """Calls or chats of one key; seconds."""

    answered: int
    abandoned: int
    abandoned_soon: int
    answered_soon: int
    wait: Any
    """:class:`Histogram` of the queue seconds of answered contacts."""
    talk_total: float
    talk_squares: float
    resolved: int
    resolved_known: int


class Share(msgspec.Struct):
    """How many of ``n`` have a property."""

    count: int = 0
    n: int = 0

    def add(self, count: int, n: int) -> None:
        """Count further observations."""
        self.count += count
        self.n += n


def queues(facts: Facts, fact: str, piece: Slice) -> dict[Key, QueueCounts]:
    """Return calls or chats of persons by key; chats that a bot handled alone are left out, phantoms too."""
    facts.need(fact)
    own = [OFFERED, BY_PERSONS] if fact == "chats" else [OFFERED]
    sql = (
        f"SELECT {piece.key} AS key, f.outcome AS outcome, f.queue_seconds AS seconds, COUNT(*) AS n, "
        "SUM(f.talk_seconds) AS talk, SUM(f.talk_seconds * f.talk_seconds) AS squares, "
        f"{_count('f.resolved')} AS resolved, COUNT(f.resolved) AS known "
        f"{piece.source(fact, *own)} GROUP BY 1, 2, 3"
    )
    table = facts.query(sql, piece.params)
    return {key: _queue(part) for key, part in _by_key(table).items()}


def _queue(columns: dict[str, Any]) -> QueueCounts:
    from tiexin.quality.rules.quantiles import Histogram

    answered = columns["outcome"] == "answered"
    seconds, n = columns["seconds"], columns["n"]
    wait = Histogram(seconds[answered], n[answered])
    soon = seconds <= SERVICE_LEVEL_SECONDS
    return QueueCounts(
        answered=wait.n,
        abandoned=int(n[~answered].sum()),
        abandoned_soon=int(n[~answered & soon].sum()),
        answered_soon=wait.at_most(SERVICE_LEVEL_SECONDS),
        wait=wait,
        talk_total=float(columns["talk"][answered].sum()),
        talk_squares=float(columns["squares"][answered].sum()),
        resolved=int(columns["resolved"][answered].sum()),
        resolved_known=int(columns["known"][answered].sum()),
    )


def _by_key(table: Any) -> dict[Key, dict[str, Any]]:
    """Split the columns of a result by its column ``key``, as NumPy arrays."""
    import numpy as np
    import pyarrow.compute as pc

    encoded = pc.dictionary_encode(table["key"].combine_chunks(), null_encoding="encode")
    codes = np.asarray(encoded.indices)
    names = encoded.dictionary.to_pylist()
    columns = {
        name: table[name].combine_chunks().to_numpy(zero_copy_only=False)
        for name in table.column_names
        if name != "key"
    }
    if len(names) == 1:
        return {names[0]: columns}
    return {
        name: {column: values[codes == code] for column, values in columns.items()} for code, name in enumerate(names)
    }


def branch_waits(facts: Facts, piece: Slice) -> dict[Key, tuple[Histogram, int]]:
    """Return waits of served tickets and the number of tickets given up, by key."""
    from tiexin.quality.rules.quantiles import Histogram

    facts.need("branch")
    sql = (
        f"SELECT {piece.key} AS key, f.type = 'branch.ticket_served.v1' AS served, f.wait_seconds AS seconds, "
        f"COUNT(*) AS n {piece.source('branch')} GROUP BY 1, 2, 3"
    )
    found = {}
    for key, part in _by_key(facts.query(sql, piece.params)).items():
        served = part["served"].astype(bool)
        found[key] = (Histogram(part["seconds"][served], part["n"][served]), int(part["n"][~served].sum()))
    return found


def survey_answers(facts: Facts, piece: Slice, metric: str) -> dict[Key, list[tuple[float, float, float, int]]]:
    """Return (score, lowest, highest of the scale, answers) of one question by key."""
    facts.need("surveys")
    sql = (
        f"SELECT {piece.key} AS key, f.score AS score, f.scale_min AS lowest, f.scale_max AS highest, COUNT(*) AS n "
        f"{piece.source('surveys', 'f.metric = $metric')} GROUP BY 1, 2, 3, 4"
    )
    found: dict[Key, list[tuple[float, float, float, int]]] = {}
    for row in facts.query(sql, {**piece.params, "metric": metric}).to_pylist():
        found.setdefault(row["key"], []).append((row["score"], row["lowest"], row["highest"], row["n"]))
    return found


class ContactCounts(msgspec.Struct):
    """First contacts of one key: resolved at once, repeats, and what staff noted."""

    settled: Share
    repeats: Share
    noted: Share


def contacts(facts: Facts, piece: Slice, *, last_us: int) -> dict[Key, ContactCounts]:
    """Return first-contact resolution and repeats by key; ``last_us`` is the end of the record."""
    facts.need("contacts")
    observable = f"f.time_us <= {last_us - ANSWER_WINDOW_US}"
    sql = (
        f"SELECT {piece.key} AS key, COUNT(*) AS n, {_count(observable)} AS observable, "
        f"{_count(f'{observable} AND NOT f.followed')} AS settled, {_count('f.repeated')} AS repeats, "
        f"COUNT(f.resolved) AS known, {_count('f.resolved')} AS resolved {piece.source('contacts')} GROUP BY 1"
    )
    return {
        row["key"]: ContactCounts(
            Share(row["settled"], row["observable"]),
            Share(row["repeats"], row["n"]),
            Share(row["resolved"], row["known"]),
        )
        for row in facts.query(sql, piece.params).to_pylist()
    }


def _count(condition: str) -> str:
    # COUNT, because a SUM of whole numbers is a 128-bit number that Arrow hands over as a decimal.
    return f"COUNT(CASE WHEN {condition} THEN 1 END)"


class ComplaintCounts(msgspec.Struct, kw_only=True):
    """Complaints of one key; ``hours`` and ``ended`` are arrays over those that lived as a case."""

    n: int = 0
    timely: Share
    disputed: Share
    repeats: Share
    disputed_by_timely: dict[str, Share]
    disputed_by_outcome: dict[str, Share]
    hours: Any = None
    ended: Any = None


def timely_sql(last_us: int) -> str:
    """Return whether a complaint was answered in time: as stated, or not so once it is open past its due day."""
    return f"COALESCE(f.timely, CASE WHEN f.answered_us IS NULL AND f.due_us < {last_us} THEN FALSE END)"


def complaints(facts: Facts, piece: Slice, *, last_us: int) -> dict[Key, ComplaintCounts]:
    """Return complaints by key; ``last_us`` is the end of the record, where open cases are censored."""
    facts.need("complaints")
    repeat = (
        f"f.subject IS NOT NULL AND f.previous_us IS NOT NULL AND f.time_us - f.previous_us <= {COMPLAINT_REPEAT_US}"
    )
    sql = (
        f"SELECT {piece.key} AS key, {timely_sql(last_us)} AS timely, f.disputed AS disputed, f.outcome AS outcome, "
        f"COUNT(*) AS n, {_count(repeat)} AS repeats, COUNT(f.subject) AS named "
        f"{piece.source('complaints')} GROUP BY 1, 2, 3, 4"
    )
    found: dict[Key, ComplaintCounts] = {}
    for row in facts.query(sql, piece.params).to_pylist():
        if row["key"] not in found:
            found[row["key"]] = ComplaintCounts(
                timely=Share(), disputed=Share(), repeats=Share(), disputed_by_timely={}, disputed_by_outcome={}
            )
        _add_complaints(found[row["key"]], row)
    _add_durations(facts, piece, found, last_us=last_us)
    return found


def any_complaint(facts: Facts) -> bool:
    """Tell whether the record holds a complaint of any time or place."""
    facts.need("complaints")
    return bool(facts.query("SELECT position FROM complaints LIMIT 1").num_rows)


def _add_complaints(counts: ComplaintCounts, row: dict[str, Any]) -> None:
    counts.n += row["n"]
    counts.repeats.add(row["repeats"], row["named"])
    if row["timely"] is not None:
        counts.timely.add(row["n"] if row["timely"] else 0, row["n"])
    if row["disputed"] is None:
        return
    against = row["n"] if row["disputed"] else 0
    counts.disputed.add(against, row["n"])
    if row["timely"] is not None:
        counts.disputed_by_timely.setdefault("yes" if row["timely"] else "no", Share()).add(against, row["n"])
    if row["outcome"] is not None:
        counts.disputed_by_outcome.setdefault(row["outcome"], Share()).add(against, row["n"])


def _add_durations(facts: Facts, piece: Slice, found: dict[Key, ComplaintCounts], *, last_us: int) -> None:
    import numpy as np

    answered = "(f.answered_us IS NOT NULL AND f.answered_us >= f.received_us)"
    sql = (
        f"SELECT {piece.key} AS key, {answered} AS ended, "
        f"(CASE WHEN {answered} THEN f.answered_us ELSE {last_us} END) - f.received_us AS open_us "
        f"{piece.source('complaints', 'f.received_us IS NOT NULL')}"
    )
    for key, part in _by_key(facts.query(sql, piece.params)).items():
        found[key].hours = np.maximum(part["open_us"].astype(np.int64), 0) / HOUR_US
        found[key].ended = part["ended"].astype(bool)


class TicketCounts(msgspec.Struct, kw_only=True):
    """Service tickets of one key; arrays of hours until resolution or, where open, until last seen."""

    n: int
    sla_met: Share
    reopened: Share
    sla_met_by_reassignments: dict[str, Share]
    resolved_hours: Any
    hours: Any
    ended: Any


def tickets(facts: Facts, piece: Slice, *, last_us: int) -> dict[Key, TicketCounts]:
    """Return service tickets by key; open ones are censored at ``last_us``, closed unresolved ones when closed."""
    facts.need("tickets")
    sql = (
        f"SELECT {piece.key} AS key, CASE WHEN f.sla_met THEN 1 ELSE 0 END AS sla_met, "
        "CASE WHEN f.sla_met IS NULL THEN 0 ELSE 1 END AS sla_known, "
        "CASE WHEN f.reopen_count > 0 THEN 1 ELSE 0 END AS reopened, "
        f"LEAST(f.reassignment_count, {REASSIGNMENTS_MOST}) AS moves, "
        "CASE WHEN f.resolved_us IS NULL THEN 0 ELSE 1 END AS ended, "
        f"COALESCE(f.resolved_us, f.closed_us, {last_us}) - f.opened_us AS open_us {piece.source('tickets')}"
    )
    return {key: _tickets(part) for key, part in _by_key(facts.query(sql, piece.params)).items()}


def _tickets(part: dict[str, Any]) -> TicketCounts:
    import numpy as np

    ended = part["ended"].astype(bool)
    hours = np.maximum(part["open_us"].astype(np.int64), 0) / HOUR_US
    moves, met, known = part["moves"].astype(np.int64), part["sla_met"], part["sla_known"]
    by_moves = {
        (f">={count}" if count == REASSIGNMENTS_MOST else str(count)): Share(
            int(met[moves == count].sum()), int(known[moves == count].sum())
        )
        for count in range(REASSIGNMENTS_MOST + 1)
    }
    return TicketCounts(
        n=len(ended),
        sla_met=Share(int(met.sum()), int(known.sum())),
        reopened=Share(int(part["reopened"].sum()), len(ended)),
        sla_met_by_reassignments=by_moves,
        resolved_hours=hours[ended],
        hours=hours,
        ended=ended,
    )


def keys_of(*found: Iterable[Key]) -> list[Key]:
    """Return every key that occurs, in order of first occurrence."""
    return list(dict.fromkeys(key for keys in found for key in keys))
