"""Finding contacts: search with facets, one contact, one subject's whole course, and taking them out as files.

Owns no tables. Reads every event of customers from the record (indexed conditions) and the lake (all others), and the
organisation's tree; writes ``access.personal_opened`` and ``access.personal_searched`` through access.
"""
