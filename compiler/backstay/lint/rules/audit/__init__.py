"""Audit Manager and restore testing: frameworks, reports, restore tests, legal holds."""
