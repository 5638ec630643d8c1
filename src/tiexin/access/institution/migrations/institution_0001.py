"""Settings of the institution: one JSON document a name, with who changed it last and when."""

import sqlalchemy as sa
from alembic import op

revision = "institution_0001"
down_revision = None


def upgrade() -> None:
    """Create the table of settings."""
    op.create_table(
        "institution_settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("changed_us", sa.BigInteger, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
    )
