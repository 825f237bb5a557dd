"""Backup policies of AWS Organizations, as AWS Backup follows them: plans in the member accounts."""
