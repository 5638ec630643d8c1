"""Pure building blocks without I/O: ids, clock, errors, texts in two languages, statistics.

Everything here is deterministic given its arguments; what varies (time, randomness) is injected.
"""
