"""What the institution says about itself: its business calendars, its words to everybody, its units as dated facts."""
