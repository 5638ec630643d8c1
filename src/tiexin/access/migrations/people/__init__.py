"""Schema history of users, sessions, passkeys, delays and challenges."""
