"""Alembic's entry point: runs the migrations on the connection that ``ensure_schema`` opened."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    transactional_ddl=False,  # the caller's transaction holds everything, on both stores
)
context.run_migrations()
