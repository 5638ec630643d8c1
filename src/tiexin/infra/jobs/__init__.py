"""Heavy work in processes of its own: a table of jobs, a supervisor in the server, a worker process each."""
