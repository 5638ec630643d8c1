"""Schema history of the API keys."""
