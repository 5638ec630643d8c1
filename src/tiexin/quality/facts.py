"""The facts that figures are counted from, as SQL over the analysis table ``events``.

A raw fact is one narrow typed row an event and can be made from each part of the record on its own. A derived fact
needs the whole record (the last state of a ticket, the case of a complaint, the next contact of a customer). The text
is DuckDB's dialect within what the analytics engines share.
"""

from __future__ import annotations

import msgspec

DEFINITIONS_VERSION = 1
"""Raises when the raw facts change; stored projections of another version are rebuilt."""

COMMON = ("position", "time_us", "subject", "channel", "org", "product", "segment")
ANSWER_WINDOW_US = 7 * 24 * 3_600 * 1_000_000
"""How long a contact must stay without a follow-up to count as resolved: seven days."""


class RawFact(msgspec.Struct, frozen=True):
    """One raw fact: its name, the event types it is made from, and its own columns (name → SQL type and member)."""

    name: str
    types: tuple[str, ...]
    columns: dict[str, tuple[str, str]]

    @property
    def column_names(self) -> tuple[str, ...]:
        """All columns in order, the common ones first."""
        return (*COMMON, *self.columns)

    def sql(self, *, source: str = "events") -> str:
        """Return the query that makes the rows of this fact from a table of events."""
        own = [f"{_column(kind, member)} AS {name}" for name, (kind, member) in self.columns.items()]
        types = ", ".join(f"'{name}'" for name in self.types)
        return f"SELECT {', '.join([*COMMON, *own])} FROM {source} WHERE type IN ({types})"


def _column(kind: str, member: str) -> str:
    if kind == "ENVELOPE":
        return member
    text = f"(data ->> '$.{member}')"
    if kind == "MOMENT":
        return f"MICROSECONDS_OF(CAST({text} AS TIMESTAMPTZ))"
    return text if kind == "VARCHAR" else f"TRY_CAST({text} AS {kind})"


_CALL = {
    "outcome": ("VARCHAR", "outcome"),
    "queue_seconds": ("DOUBLE", "queue_seconds"),
    "talk_seconds": ("DOUBLE", "talk_seconds"),
    "topic": ("VARCHAR", "topic"),
    "resolved": ("BOOLEAN", "resolved"),
}

RAW_FACTS = {
    fact.name: fact
    for fact in (
        RawFact("calls", ("call.ended.v1",), _CALL),
        RawFact("chats", ("chat.ended.v1",), {**_CALL, "bot_only": ("BOOLEAN", "bot_only")}),
        RawFact("messages", ("message.received.v1",), {"topic": ("VARCHAR", "topic")}),
        RawFact(
            "branch",
            ("branch.ticket_served.v1", "branch.ticket_abandoned.v1"),
            {
                "type": ("ENVELOPE", "type"),
                "wait_seconds": ("DOUBLE", "wait_seconds"),
                "service_seconds": ("DOUBLE", "service_seconds"),
                "topic": ("VARCHAR", "business"),
                "elderly": ("BOOLEAN", "elderly"),
            },
        ),
        RawFact(
            "surveys",
            ("survey.answered.v1",),
            {
                "metric": ("VARCHAR", "metric"),
                "score": ("DOUBLE", "score"),
                "scale_min": ("DOUBLE", "scale_min"),
                "scale_max": ("DOUBLE", "scale_max"),
            },
        ),
        RawFact(
            "complaint_events",
            ("complaint.received.v1", "complaint.answered.v1", "complaint.disputed.v1", "complaint.recorded.v1"),
            {
                "type": ("ENVELOPE", "type"),
                "case_id": ("ENVELOPE", "COALESCE(case_id, CONCAT(source, ' ', id))"),
                "outcome": ("VARCHAR", "outcome"),
                "timely": ("BOOLEAN", "timely"),
                "disputed": ("BOOLEAN", "disputed"),
                "due_us": ("MOMENT", "due_at"),
            },
        ),
        RawFact(
            "ticket_rows",
            ("ticket.updated.v1",),
            {
                "case_id": ("ENVELOPE", "COALESCE(case_id, CONCAT(source, ' ', id))"),
                "state": ("VARCHAR", "state"),
                "modification": ("BIGINT", "modification"),
                "reassignment_count": ("BIGINT", "reassignment_count"),
                "reopen_count": ("BIGINT", "reopen_count"),
                "sla_met": ("BOOLEAN", "sla_met"),
                "opened_us": ("MOMENT", "opened_at"),
                "resolved_us": ("MOMENT", "resolved_at"),
                "closed_us": ("MOMENT", "closed_at"),
            },
        ),
    )
}

ACTIVITY_SQL = (
    "SELECT position, time_us, subject, channel, org, product, segment FROM {source} "
    "WHERE subject IS NOT NULL AND type NOT LIKE 'system.%' AND type NOT LIKE 'record.%' "
    "AND type <> 'complaint.recorded.v1'"
)
"""Every event of a customer; whoever has one in a period is an active customer of it.

A complaint published as one row is no activity: its subject is often the complaint itself, not a customer.
"""

_FIRST = "ARG_MIN({0}, ordinal) FILTER (WHERE {0} IS NOT NULL) AS {0}"

COMPLAINTS_SQL = f"""
WITH numbered AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY time_us, position) AS ordinal
  FROM complaint_events WHERE type <> 'complaint.recorded.v1'
), cases AS (
  SELECT MIN(position) AS position, MIN(time_us) AS time_us,
    {", ".join(_FIRST.format(name) for name in ("subject", "channel", "org", "product", "segment"))},
    ARG_MIN(outcome, ordinal) FILTER (WHERE type = 'complaint.answered.v1') AS outcome,
    ARG_MIN(timely, ordinal) FILTER (WHERE type = 'complaint.answered.v1') AS timely,
    ARG_MAX(disputed, ordinal) FILTER (WHERE type = 'complaint.disputed.v1') AS disputed,
    MIN(time_us) FILTER (WHERE type = 'complaint.received.v1') AS received_us,
    MIN(time_us) FILTER (WHERE type = 'complaint.answered.v1') AS answered_us,
    MAX(due_us) AS due_us
  FROM numbered GROUP BY case_id
)
SELECT position, time_us, subject, channel, org, product, segment, outcome, timely, disputed, received_us, answered_us,
  due_us FROM cases
UNION ALL
SELECT position, time_us, subject, channel, org, product, segment, outcome, timely, disputed,
  CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT)
FROM complaint_events WHERE type = 'complaint.recorded.v1'
"""
"""One row a complaint, whether it lived as a case or was published as one row; ``time_us`` is when it began."""

COMPLAINTS_LINKED_SQL = (
    "SELECT *, LAG(time_us) OVER (PARTITION BY subject ORDER BY time_us, position) AS previous_us "
    f"FROM ({COMPLAINTS_SQL}) AS one"
)
"""Complaints with the time of the same customer's complaint before."""

TICKETS_SQL = """
SELECT position, opened_us AS time_us, subject, channel, org, product, segment, case_id, state, reassignment_count,
  reopen_count, sla_met, opened_us, resolved_us, closed_us
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY modification DESC, time_us DESC, position DESC) AS place
  FROM ticket_rows
) AS states WHERE place = 1
"""
"""The last state of each ticket: its row with the highest modification; ``time_us`` is when it was opened."""

CONTACTS_SQL = f"""
WITH contacts AS (
  SELECT position, time_us, subject, channel, org, product, segment, topic, resolved
  FROM calls WHERE outcome = 'answered' AND subject IS NOT NULL AND topic IS NOT NULL
  UNION ALL
  SELECT position, time_us, subject, channel, org, product, segment, topic, resolved
  FROM chats WHERE outcome = 'answered' AND subject IS NOT NULL AND topic IS NOT NULL
  UNION ALL
  SELECT position, time_us, subject, channel, org, product, segment, topic, CAST(NULL AS BOOLEAN)
  FROM branch WHERE type = 'branch.ticket_served.v1' AND subject IS NOT NULL AND topic IS NOT NULL
  UNION ALL
  SELECT position, time_us, subject, channel, org, product, segment, topic, CAST(NULL AS BOOLEAN)
  FROM messages WHERE subject IS NOT NULL AND topic IS NOT NULL
)
SELECT position, time_us, subject, channel, org, product, segment, topic, resolved,
  COALESCE(next_us - time_us <= {ANSWER_WINDOW_US}, FALSE) AS followed,
  COALESCE(time_us - previous_us <= {ANSWER_WINDOW_US}, FALSE) AS repeated
FROM (
  SELECT *, LEAD(time_us) OVER (PARTITION BY subject, topic ORDER BY time_us, position) AS next_us,
    LAG(time_us) OVER (PARTITION BY subject, topic ORDER BY time_us, position) AS previous_us
  FROM contacts
) AS linked
"""
"""Contacts with a customer and a topic; whether he got in touch about it within seven days after and before."""

DERIVED_FACTS = {
    "complaints": (COMPLAINTS_LINKED_SQL, ("complaint_events",)),
    "tickets": (TICKETS_SQL, ("ticket_rows",)),
    "contacts": (CONTACTS_SQL, ("calls", "chats", "branch", "messages")),
}
"""Derived fact → its query and the raw facts it reads."""
