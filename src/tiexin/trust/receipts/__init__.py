"""Receipts for people: which events get one, the certificate, the evidence bundle, and what is protected."""
