"""Authenticated encryption and the keyring that wraps keys; knows no domain."""
