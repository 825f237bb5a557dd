"""Continuous backup: restore to any second, for the types that can."""
