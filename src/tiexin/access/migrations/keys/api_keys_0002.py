"""API keys: scopes bear the names of rights; keys made under the old names keep what they could do."""

import sqlalchemy as sa
from alembic import op

revision = "api_keys_0002"
down_revision = "api_keys_0001"

RENAMED = {
    "events:write": ["record:append"],
    "events:read": ["record:read"],
    "events:personal": ["record:personal"],
    "admin": ["users:manage", "keys:manage", "settings:manage"],
}


def upgrade() -> None:
    """Give every stored scope its new name."""
    table = sa.table("api_keys", sa.column("id", sa.Text), sa.column("scopes", sa.Text))
    connection = op.get_bind()
    for key_id, scopes in connection.execute(sa.select(table.c.id, table.c.scopes)).all():
        renamed = [new for old in scopes.split() for new in RENAMED.get(old, [old])]
        connection.execute(table.update().where(table.c.id == key_id).values(scopes=" ".join(renamed)))
