"""Drafts of walks that are under way."""

import sqlalchemy as sa
from alembic import op

revision = "walks_0001"
down_revision = None


def upgrade() -> None:
    """Create the table of drafts."""
    op.create_table(
        "walk_drafts",
        sa.Column("walk", sa.Text, primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("changed_us", sa.BigInteger, nullable=False),
    )
