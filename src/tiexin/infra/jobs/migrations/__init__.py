"""Schema history of the jobs."""
