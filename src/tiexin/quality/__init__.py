"""Quality figures: how well customers are served, each figure with its n, interval and definition.

Owns the definitions of the figures, the statistics behind them, the projection that makes them fast, and the report.
Writes no events. Reads calls, chats, messages, branch tickets, complaints, service tickets, survey answers and, for
active customers, every event with a subject.
"""
