"""What CloudTrail knows of AWS Backup: the calls that were made, and what the service did by itself."""
