"""Saved views: the address of a page under a name, with its owner."""

import sqlalchemy as sa
from alembic import op

revision = "saved_views_0001"
down_revision = None


def upgrade() -> None:
    """Create the table of saved views."""
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("page", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
    )
    op.create_index("saved_views_owner", "saved_views", ["owner", "page"])
