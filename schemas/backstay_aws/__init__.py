"""What AWS Backup is, for every side of Backstay: tables and pure functions, each with its source."""
