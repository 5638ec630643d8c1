"""Saved views: addresses of pages kept under a name, for oneself or for everybody."""
