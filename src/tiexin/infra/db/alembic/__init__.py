"""Alembic scripts of the infrastructure."""
