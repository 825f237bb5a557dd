"""Looks at what a restore has made: whether it is there, and whether it holds what was backed up.

Contents are compared where they can be read (S3, DynamoDB). Of any other type only the description is looked at, and
the verdict says so.
"""

from __future__ import annotations

from backstay_agent.aws import Aws
from backstay_agent.jobs.locate import Point
from backstay_agent.jobs.verify.description import verify_description
from backstay_agent.jobs.verify.dynamodb import verify_table
from backstay_agent.jobs.verify.s3 import verify_bucket
from backstay_agent.jobs.verify.verdict import Restore, Verdict

__all__ = ["Restore", "Verdict", "verify"]


def verify(aws: Aws, restore: Restore, point: Point) -> Verdict:
    """The verdict on a restore; raises AwsProblem when what was made cannot be looked at."""
    match point.type:
        case "S3":
            return verify_bucket(aws, restore)
        case "DynamoDB":
            return verify_table(aws, restore)
        case _:
            return verify_description(aws, restore)
