"""Migrations of the table of the institution's settings."""
