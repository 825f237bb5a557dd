"""One driver for each resource type that the embedded AWS can back up; adding a type is one file and one row here."""

from __future__ import annotations

from fnmatch import fnmatchcase

from backstay_local.data.resource import Resource

from .cloudformation import CloudFormation
from .clusters import CLUSTERS
from .declared import KINDS, Declarations
from .driver import Driver
from .dsql import DSQL
from .dynamodb import DynamoDB
from .ebs import EBS
from .ec2 import EC2
from .efs import EFS
from .eks import EKS
from .fsx import FSx
from .rds import RDS
from .redshift import Redshift
from .s3 import S3
from .timestream import Timestream

DRIVERS: tuple[Driver, ...] = (
    *CLUSTERS,
    CloudFormation(),
    DSQL(),
    DynamoDB(),
    EBS(),
    EC2(),
    EFS(),
    EKS(),
    FSx(),
    RDS(),
    Redshift(),
    S3(),
    Timestream(),
    *(Declarations(kind) for kind in KINDS.values()),
)


def driver_of(resource: Resource) -> Driver:
    """The driver of a resource that a driver found; KeyError for any other."""
    found = next((one for one in drivers_of_arn(resource.arn) if one.type == resource.type), None)
    if found is None:
        raise KeyError(f"{resource.type}: {resource.arn}")
    return found


def drivers_of_arn(arn: str) -> tuple[Driver, ...]:
    """The drivers whose resources have ARNs of that form: several where types share it, as all clusters of RDS do."""
    return tuple(driver for driver in DRIVERS if fnmatchcase(arn, driver.arns))
