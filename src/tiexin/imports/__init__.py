"""Files on their way into the record: uploads, mappings kept by name, imports as jobs, rejected rows and their repair.

Writes no events of its own: what an import appends are the events of the file. Reads the record's position only.
"""
