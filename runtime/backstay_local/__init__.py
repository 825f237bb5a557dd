"""The embedded AWS: AWS Backup with real bytes behind it, and the rest of AWS that it needs around it."""
