"""Tie the lake to its record: an identity, and how far this record has closed itself into segments."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "record_0002"
down_revision = "record_0001"


def upgrade() -> None:
    """Add both to the counter; an existing lake is rebuilt once, as nothing says whose it is."""
    op.add_column("record_counter", sa.Column("identity", sa.Text, nullable=False, server_default=""))
    op.add_column("record_counter", sa.Column("lake_position", sa.BigInteger, nullable=False, server_default="0"))
    counter = sa.table("record_counter", sa.column("identity", sa.Text))
    op.execute(sa.update(counter).values(identity=str(uuid.uuid4())))
