"""The EBS direct API: blocks of snapshots, of EC2's, of its own, and of those that AWS Backup made."""
