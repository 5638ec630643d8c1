"""Events, the position counter and the positions of projections."""

import sqlalchemy as sa
from alembic import op

revision = "record_0001"
down_revision = None

OPTIONAL = (
    "subject",
    "channel",
    "journey",
    "case_id",
    "actor",
    "step",
    "lifecycle",
    "org",
    "product",
    "segment",
    "team",
)


def upgrade() -> None:
    """Create the tables of the record."""
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "events",
        sa.Column("position", big, primary_key=True, autoincrement=False),
        sa.Column("time_us", sa.BigInteger, nullable=False),
        sa.Column("recorded_us", sa.BigInteger, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text) for name in OPTIONAL),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("extras", sa.Text),
        sa.Column("personal", sa.LargeBinary),
        sa.Column("personal_mac", sa.LargeBinary),
    )
    op.create_index("events_source_id", "events", ["source", "id"], unique=True)
    op.create_index("events_time", "events", ["time_us"])
    op.create_index("events_type", "events", ["type", "position"])
    op.create_index("events_channel", "events", ["channel", "position"])
    for column in ("subject", "case_id"):
        present = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"events_{column}", "events", [column, "position"], sqlite_where=present, postgresql_where=present
        )
    counter = op.create_table(
        "record_counter",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("erasures_applied", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(counter, [{"id": 1, "position": 0, "erasures_applied": 0}])
    op.create_table(
        "record_projections",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
    )
