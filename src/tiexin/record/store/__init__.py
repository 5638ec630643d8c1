"""The tables of the record: appending, reading, and the lake beside them."""
