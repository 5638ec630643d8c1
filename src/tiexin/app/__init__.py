"""The composition root: puts the parts together as an HTTP server and as a command line.

Owns the API keys, the gate before the routes, the demonstration and the report; everything else belongs to a domain,
whose ``routes`` and ``commands`` are mounted here.
"""
