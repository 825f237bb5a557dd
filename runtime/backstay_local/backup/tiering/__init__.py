"""Tiering configurations: when data of S3 backups moves to the low-cost warm tier."""
