"""Schema history of what trust keeps in a shared database."""
