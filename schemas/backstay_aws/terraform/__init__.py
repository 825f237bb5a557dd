"""What the Terraform provider `hashicorp/aws` takes for AWS Backup: its arguments and blocks, and what it cannot say.

Recorded from the provider's own schema, each resource type with source and date. Nothing is read before it is asked
for.
"""

from __future__ import annotations

from backstay_aws.terraform import reading
from backstay_aws.terraform.block import BASE_VERSION, Argument, Block, Gap, Nesting
from backstay_aws.terraform.check import Complaint, complaints
from backstay_aws.terraform.needs import needed_version

__all__ = [
    "BASE_VERSION",
    "Argument",
    "Block",
    "Complaint",
    "Gap",
    "Nesting",
    "complaints",
    "data_source",
    "data_sources",
    "gap",
    "gaps",
    "needed_version",
    "resource",
    "resources",
]


def resource(name: str) -> Block | None:
    """What a resource of a type (`aws_backup_plan`) takes; None for a type that is not recorded."""
    return reading.resources().get(name)


def resources() -> tuple[str, ...]:
    """The resource types that are recorded, sorted."""
    return tuple(sorted(reading.resources()))


def data_source(name: str) -> Block | None:
    """What a data source (`aws_kms_alias`) takes and gives; None for one that is not recorded."""
    return reading.data_sources().get(name)


def data_sources() -> tuple[str, ...]:
    """The data sources that are recorded, sorted."""
    return tuple(sorted(reading.data_sources()))


def gap(name: str) -> Gap:
    """A feature of AWS Backup that the provider cannot express. Raises `KeyError` for a name that is none."""
    return reading.gaps()[name]


def gaps() -> tuple[Gap, ...]:
    """Every feature that the provider cannot express, in the order of the table."""
    return tuple(reading.gaps().values())
