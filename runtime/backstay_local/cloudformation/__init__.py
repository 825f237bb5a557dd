"""CloudFormation, so far as AWS Backup and what it needs are made with it; anything else it refuses by name.

It makes resources by the same calls that anybody else would make, in the stack's account and Region.
"""
