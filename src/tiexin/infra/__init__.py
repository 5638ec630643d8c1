"""Adapters that know no domain: database, cryptography, settings, logging, analytics engines."""
