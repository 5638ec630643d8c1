"""Schema history of the drafts of walks."""
