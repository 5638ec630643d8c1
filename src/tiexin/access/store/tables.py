"""The tables of people: users, sessions, passkeys, delays after failures, challenges, and the version of them all."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from tiexin.infra.db import Schema

SCHEMA = Schema(name="access", migrations=Path(__file__).parent.parent / "migrations" / "people", head="access_0001")

metadata = sa.MetaData()

users = sa.Table(
    "access_users",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("unit", sa.Text),
    sa.Column("subject", sa.Text),
    sa.Column("password", sa.Text),
    sa.Column("must_change_password", sa.Integer, nullable=False),
    sa.Column("locked", sa.Integer, nullable=False),
    sa.Column("identity", sa.Text, unique=True),
    sa.Column("preferences", sa.Text),
    sa.Column("created_us", sa.BigInteger, nullable=False),
    sa.Column("signed_in_us", sa.BigInteger),
)

sessions = sa.Table(
    "access_sessions",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("user_name", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("created_us", sa.BigInteger, nullable=False),
    sa.Column("seen_us", sa.BigInteger, nullable=False),
    sa.Column("expires_us", sa.BigInteger, nullable=False),
)

failures = sa.Table(
    "access_failures",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_us", sa.BigInteger, nullable=False),
)

passkeys = sa.Table(
    "access_passkeys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user_name", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("created_us", sa.BigInteger, nullable=False),
    sa.Column("used_us", sa.BigInteger),
)

challenges = sa.Table(
    "access_challenges",
    metadata,
    sa.Column("handle", sa.LargeBinary, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("expires_us", sa.BigInteger, nullable=False),
)

state = sa.Table(
    "access_state",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
)
"""One row whose version grows with every change of users and sessions, so that copies in memory know they are old."""
