"""Reads the record's analysis view; the portable path in SQL and the tuned path on dictionary codes."""
