"""The head that was last signed, so that no two servers on one database sign different histories."""

import sqlalchemy as sa
from alembic import op

revision = "trust_0001"
down_revision = None


def upgrade() -> None:
    """Create the table of heads, one row an origin."""
    op.create_table(
        "trust_heads",
        sa.Column("origin", sa.Text, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
    )
