"""Everything in SQL: the facts of quality and the counts that figures are made of."""
