"""The record's tables, described once for queries; the migrations beside them create them."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from tiexin.infra.db import Schema
from tiexin.record.contracts import STORED_COLUMNS

RECORD_SCHEMA = Schema(name="record", migrations=Path(__file__).parent / "migrations", head="record_0002")
KEYS_SCHEMA = Schema(name="keys", migrations=Path(__file__).parent / "keys_migrations", head="keys_0001")

metadata = sa.MetaData()

PARTS = frozenset({"position", "time_us", "recorded_us", "data", "extras", "personal", "personal_mac"})
"""What stands in a row besides the envelope."""
INSERT_COLUMNS = STORED_COLUMNS
"""The order of the values in a prepared row."""
ENVELOPE_COLUMNS = tuple(name for name in STORED_COLUMNS if name not in PARTS)
"""Envelope columns in the order of the analysis table."""

events = sa.Table(
    "events",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("time_us", sa.BigInteger, nullable=False),
    sa.Column("recorded_us", sa.BigInteger, nullable=False),
    *(sa.Column(name, sa.Text, nullable=name not in {"type", "source", "id"}) for name in ENVELOPE_COLUMNS),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("extras", sa.Text),
    sa.Column("personal", sa.LargeBinary),
    sa.Column("personal_mac", sa.LargeBinary),
)

counter = sa.Table(
    "record_counter",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("erasures_applied", sa.BigInteger, nullable=False),
    sa.Column("identity", sa.Text, nullable=False),
    sa.Column("lake_position", sa.BigInteger, nullable=False),
)

projections = sa.Table(
    "record_projections",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)

keys_metadata = sa.MetaData()

subject_keys = sa.Table(
    "subject_keys",
    keys_metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("epoch", sa.Text, nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("created_us", sa.BigInteger, nullable=False),
)

tombstones = sa.Table(
    "subject_tombstones",
    keys_metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("erased_us", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

key_state = sa.Table(
    "key_state",
    keys_metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("generation", sa.BigInteger, nullable=False),
    sa.Column("erasures_applied", sa.BigInteger, nullable=False),
)
