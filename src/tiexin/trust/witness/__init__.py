"""Witnesses: ours, which cosigns what logs of others publish, and the client that asks witnesses to cosign our log."""
