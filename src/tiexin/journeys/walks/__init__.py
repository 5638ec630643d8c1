"""Mystery-shopper walks: planned, recorded on a phone step by step, set beside the mined journey.

Writes ``walk.*`` events and reads them back; owns the table of drafts (``walks.sqlite``, or a table beside the record)
and the photos under ``<home>/attachments``. A walk becomes events when it is finished; until then the shopper may take
a step back, and what reached the server survives a lost connection or a restart.
"""
