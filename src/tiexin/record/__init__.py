"""The event record: every contact with a customer, in the order it was recorded, verifiable and followable.

Owns the envelope, the registry of kinds, the events table, the keys of subjects and the lake. Writes ``record.*`` and
``system.*`` events; reads only its own. Other rooms come in through :mod:`tiexin.record.api` and
:mod:`tiexin.record.contracts`.
"""
