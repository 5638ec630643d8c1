"""Pure rules of access: keys, passwords, lock-out, the reach of a unit, what a request says of its origin."""
