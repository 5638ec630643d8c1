"""The journey map proper: stages × channels, what customers do there, how long they wait, how they feel, what decides.

Reads the steps of a journey and, of the same customers, survey answers, complaints and departures. The sentences of
surveys and complaints are personal: they are read apart, only for callers who may, and never without redaction.
"""
