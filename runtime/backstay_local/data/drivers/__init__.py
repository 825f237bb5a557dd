"""One driver for each resource type that the embedded AWS can back up; adding a type is one file and one row here."""

from __future__ import annotations

from fnmatch import fnmatchcase

from .aurora import Aurora
from .driver import Driver
from .dynamodb import DynamoDB
from .ebs import EBS
from .ec2 import EC2
from .efs import EFS
from .rds import RDS
from .s3 import S3

DRIVERS: tuple[Driver, ...] = (Aurora(), DynamoDB(), EBS(), EC2(), EFS(), RDS(), S3())


def driver_of(resource_type: str) -> Driver:
    """The driver of a resource type that came from `Resource.type`; KeyError for any other."""
    return {driver.type: driver for driver in DRIVERS}[resource_type]


def driver_of_arn(arn: str) -> Driver | None:
    """The driver whose resources have ARNs of that form, or None."""
    return next((driver for driver in DRIVERS if fnmatchcase(arn, driver.arns)), None)
