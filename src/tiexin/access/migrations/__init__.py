"""Schema histories of access: API keys, and people with their sessions."""
