"""The monitor: follows a log of anybody's from outside and raises an alarm where it does not hold what it promised."""
