"""How files become events of the record: readers, mappings, and the run that appends and resumes.

Rows that cannot be events go to a rejects file; nothing is dropped in silence and nothing is counted twice.
"""
