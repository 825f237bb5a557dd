"""Backup access points: reading an S3 recovery point through S3, without a restore."""
