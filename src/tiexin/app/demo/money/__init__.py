"""What customers hold and move: accounts, cards, loans, policies, funds, payments, and planted laundering."""
