"""Anchors: heads of the log put where the institution cannot rewrite them, a chain several share or a time stamp.

A chain keeps the newest head and refuses one that does not continue it; a time stamp proves that a head existed at a
time. Both are made from published checkpoints only and kept in ``<home>/trust/anchors.jsonl``.
"""
