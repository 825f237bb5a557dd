"""AWS Backup Audit Manager: frameworks of controls that are evaluated, and reports that are delivered to a bucket."""
