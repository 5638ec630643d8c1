"""The tables of access; nobody else's. On SQLite a file of their own, on PostgreSQL tables beside the record."""
