"""Wrapped subject keys, tombstones of erased subjects, and the state that tells caches to forget."""

import sqlalchemy as sa
from alembic import op

revision = "keys_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the key store."""
    op.create_table(
        "subject_keys",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("epoch", sa.Text, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "subject_tombstones",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("erased_us", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    state = op.create_table(
        "key_state",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("erasures_applied", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(state, [{"id": 1, "generation": 0, "erasures_applied": 0}])
