"""Logically air-gapped vaults: made, reached by backups and copies, shared, and opened by several parties' approval."""
