"""The generated institution and the demo that opens on it.

Writes events of the shipped kinds (journeys, calls, chats, app sessions, branch tickets, messages, complaints, surveys,
service tickets, organisation) as CloudEvents, and a truth file that says what was planted. Reads nothing but its own
profile files. Everything is deterministic in profile, seed, customers and months; no byte depends on the clock.
"""
