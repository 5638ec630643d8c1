"""API keys for machines: making, listing, revoking and recognising them.

Owns the table ``api_keys`` and nothing else; writes and reads no events. It imports nothing of the rest of ``app``,
so that the domain ``access`` can take it over as it stands.
"""
