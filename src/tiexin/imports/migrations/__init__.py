"""Schema history of uploads and mappings."""
