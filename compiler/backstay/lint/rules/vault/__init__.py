"""Vaults: their names, locks, access policies and notifications."""
