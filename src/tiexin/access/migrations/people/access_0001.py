"""Users with their sessions, passkeys and preferences; delays after failures; challenges that wait for an answer."""

import sqlalchemy as sa
from alembic import op

revision = "access_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "access_users",
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
    op.create_table(
        "access_sessions",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("user_name", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("seen_us", sa.BigInteger, nullable=False),
        sa.Column("expires_us", sa.BigInteger, nullable=False),
    )
    op.create_index("access_sessions_user", "access_sessions", ["user_name"])
    op.create_table(
        "access_failures",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_us", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "access_passkeys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_name", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("used_us", sa.BigInteger),
    )
    op.create_index("access_passkeys_user", "access_passkeys", ["user_name"])
    op.create_table(
        "access_challenges",
        sa.Column("handle", sa.LargeBinary, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("expires_us", sa.BigInteger, nullable=False),
    )
    state = op.create_table(
        "access_state",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(state, [{"id": 1, "version": 1}])
