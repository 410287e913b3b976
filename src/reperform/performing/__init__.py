"""Performing a plan: prepare, upload, submit, wait, fetch, conform; every step stands in the ledger before it happens."""
