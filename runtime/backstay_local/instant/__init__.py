"""S3 as it answers through backup access points: reading what recovery points hold, without a restore."""
