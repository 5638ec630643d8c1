"""Schema history of the key store."""
