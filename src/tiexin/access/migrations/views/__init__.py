"""Migrations of the table of saved views."""
