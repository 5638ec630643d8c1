"""Jobs: what is to be done, how far it is, who holds it, how it ended."""

import sqlalchemy as sa
from alembic import op

revision = "jobs_0001"
down_revision = None


def upgrade() -> None:
    """Create the table of jobs."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("params", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("title_zh", sa.Text, nullable=False),
        sa.Column("title_en", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("unit", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger),
        sa.Column("what_zh", sa.Text, nullable=False),
        sa.Column("what_en", sa.Text, nullable=False),
        sa.Column("notes", sa.Text),
        sa.Column("result", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("token", sa.Text),
        sa.Column("holder", sa.Text),
        sa.Column("lease_until_us", sa.BigInteger),
        sa.Column("cancel_asked", sa.Integer, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("started_us", sa.BigInteger),
        sa.Column("finished_us", sa.BigInteger),
    )
    op.create_index("jobs_by_state", "jobs", ["state", "created_us"])
    op.create_index("jobs_by_owner", "jobs", ["owner", "created_us"])
