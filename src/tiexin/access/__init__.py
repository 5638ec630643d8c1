"""Who may come in, and what they may see: users, sessions, API keys, roles × rights, the reach of a unit.

Owns the tables of users, sessions, passkeys, API keys and preferences (``access.sqlite``, or tables beside the record).
Writes ``access.*`` events (sign-ins, refusals, exports, changes of users and keys); reads the organisation's tree.
Stands below every other domain: they ask it what the caller of a request may do.
"""
