"""How customers are really served: journeys drawn from the record, where they wait, loop and change hands.

Owns no events and no tables. Reads every event that names a journey, a case and a step (through the record's
analysis view), whatever its type.
"""
