"""Jobs put together: the kinds of every part, their routes, their commands, the report as a job."""
