"""Logically air-gapped vaults: what they are, what can be in them, and how it gets there."""
