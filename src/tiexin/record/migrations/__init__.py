"""Schema history of the record."""
