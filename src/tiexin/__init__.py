"""Tiexin 贴心: one verifiable record of every contact with a customer, and the service that runs on it."""

__version__ = "0.1.0"
