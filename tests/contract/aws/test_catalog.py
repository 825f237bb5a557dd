"""The catalogue: complete, sourced, honest about what AWS leaves open, and in step with botocore's model."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from botocore.session import Session

from backstay_aws import arns, catalog
from backstay_aws.catalog import ResourceType

CELLS = [
    column.name
    for column in fields(ResourceType)
    if column.name not in {"kinds", "gaps", "inferred"} and str(column.type) == "Cell"
]
EVERY_KIND = [one for row in catalog.resource_types() for one in (row, *row.kinds)]


def _title(row: ResourceType) -> str:
    return f"{row.name} {row.kind}".strip()


def test_holds_the_types_of_the_opt_in_list() -> None:
    """Every type that the Region settings can opt in to is there under the name that the API uses."""
    assert [row.name for row in catalog.resource_types()] == [
        "EC2", "S3", "EBS", "RDS", "Aurora", "DSQL", "EFS", "FSx", "Storage Gateway", "DocumentDB", "Neptune",
        "Redshift", "Redshift Serverless", "Timestream", "VirtualMachine", "CloudFormation", "DynamoDB",
        "SAP HANA on Amazon EC2", "EKS",
    ]  # fmt: skip
    assert [_title(row) for row in EVERY_KIND if row.kind] == [
        "EC2 windows-vss", "RDS multi-az-cluster", "FSx windows", "FSx ontap", "FSx openzfs", "DynamoDB advanced",
    ]  # fmt: skip


@pytest.mark.parametrize("row", EVERY_KIND, ids=_title)
def test_every_cell_is_one_of_three_words(row: ResourceType) -> None:
    """A cell says yes, no or unknown; each row has source and date; inferred cells and gaps name cells that exist."""
    assert {getattr(row, cell) for cell in CELLS} <= {"yes", "no", "unknown"}
    assert row.source
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", row.date)
    assert set(row.inferred) <= {*CELLS, "name"}
    assert {gap.cell for gap in row.gaps} <= set(CELLS)
    known = {region.name for region in catalog.regions()} | {catalog.OPT_IN_REGIONS}
    assert {name for gap in row.gaps for name in gap.regions} <= known


@pytest.mark.parametrize("row", EVERY_KIND, ids=_title)
def test_patterns_are_arns_with_one_trailing_asterisk(row: ResourceType) -> None:
    """A type's patterns keep to the stricter of AWS's two readings: whole fields, and the last character."""
    for pattern in (*row.patterns, row.arn):
        assert arns.parse(pattern.replace("{partition}", "aws")) is not None
    for pattern in row.patterns:
        assert pattern.split(":", 5)[5].find("*") == len(pattern.split(":", 5)[5]) - 1


# resource type, kind, cell, value: spot checks against the published matrix, one or more for each column
MATRIX = [
    ("EC2", "", "cross_region", "yes"),
    ("EC2", "", "restore_testing", "yes"),
    ("EC2", "windows-vss", "restore_testing", "no"),
    ("EC2", "windows-vss", "cross_region", "yes"),
    ("S3", "", "continuous", "yes"),
    ("S3", "", "full_management", "yes"),
    ("S3", "", "tiering", "yes"),
    ("S3", "", "access_points", "yes"),
    ("EBS", "", "cold_storage", "yes"),
    ("EBS", "", "archive_opt_in", "yes"),
    ("EBS", "", "index", "yes"),
    ("EFS", "", "archive_opt_in", "no"),
    ("EFS", "", "point_at_start", "yes"),
    ("RDS", "", "same_region", "yes"),
    ("RDS", "", "air_gap", "no"),
    ("RDS", "", "stop_job", "no"),
    ("RDS", "multi-az-cluster", "same_region", "no"),
    ("RDS", "multi-az-cluster", "cross_account", "no"),
    ("RDS", "multi-az-cluster", "continuous", "no"),
    ("Aurora", "", "opt_in_always", "yes"),
    ("DocumentDB", "", "opt_in_always", "yes"),
    ("Neptune", "", "opt_in_always", "yes"),
    ("RDS", "", "opt_in_always", "no"),
    ("Aurora", "", "cross_region_and_account", "yes"),
    ("DSQL", "", "cold_storage", "unknown"),  # two pages disagree
    ("SAP HANA on Amazon EC2", "", "cold_storage", "unknown"),  # two pages disagree
    ("SAP HANA on Amazon EC2", "", "continuous", "yes"),
    ("CloudFormation", "", "full_management", "unknown"),  # two pages disagree
    ("CloudFormation", "", "cold_storage", "yes"),
    ("Redshift", "", "cross_region", "unknown"),
    ("Redshift Serverless", "", "cross_region", "no"),
    ("DynamoDB", "", "same_region", "no"),
    ("DynamoDB", "advanced", "same_region", "yes"),
    ("DynamoDB", "advanced", "point_at_start", "yes"),
    ("DynamoDB", "", "point_at_start", "no"),
    ("FSx", "openzfs", "air_gap", "unknown"),
    ("FSx", "ontap", "cross_region_and_account", "unknown"),
    ("FSx", "", "air_gap", "yes"),
    ("VirtualMachine", "", "own_encryption", "yes"),
    ("Timestream", "", "audit_manager", "no"),
    ("EKS", "", "malware_scan", "no"),
    ("Storage Gateway", "", "untag", "unknown"),
    ("Redshift", "", "copy_tags", "yes"),
    ("VirtualMachine", "", "item_restore", "yes"),
    ("Aurora", "", "incremental", "no"),
]


@pytest.mark.parametrize(("name", "kind", "column", "value"), MATRIX)
def test_matrix(name: str, kind: str, column: str, value: str) -> None:
    """What AWS publishes about a type is what the catalogue says; where its pages disagree it says unknown."""
    row = catalog.resource_type(name, kind)
    assert row is not None
    assert catalog.cell(row, column) == value


def test_unknown_names_are_answered_with_none() -> None:
    """A name that the catalogue does not have is None, except for limits, where it is a mistake in our code."""
    assert catalog.resource_type("Lambda") is None
    assert catalog.resource_type("RDS", "no-such-kind") is None
    assert catalog.region("eu-north-9") is None
    assert catalog.event("BACKUP_JOB_PAUSED") is None
    assert catalog.control("BACKUP_EVERYTHING") is None
    with pytest.raises(KeyError):
        catalog.limit("no_such_limit")


@pytest.mark.parametrize(
    ("name", "column", "region", "value"),
    [
        ("Neptune", "cross_account", "eu-west-1", "yes"),
        ("Neptune", "cross_account", "af-south-1", "no"),
        ("Neptune", "cross_region", "af-south-1", "yes"),
        ("Neptune", "cross_region", "ca-west-1", "no"),
        ("Neptune", "air_gap", "ap-southeast-3", "no"),
        ("FSx", "cross_region", "me-south-1", "no"),
        ("FSx", "same_region", "me-south-1", "yes"),
        ("Timestream", "cross_account", "no-such-region", "yes"),
        ("Redshift", "cross_region", "af-south-1", "unknown"),
    ],
)
def test_gaps_by_region(name: str, column: str, region: str, value: str) -> None:
    """A cell turns to no where its row names the Region, or all opt-in Regions, and only there."""
    row = catalog.resource_type(name)
    assert row is not None
    assert catalog.cell(row, column, region) == value


def test_events_are_those_of_the_api() -> None:
    """The events are the API's, in its order; the deprecated ones are known never to arrive."""
    model = Session().get_service_model("backup")
    assert [event.name for event in catalog.events()] == list(model.shape_for("BackupVaultEvent").enum)  # type: ignore[attr-defined]
    silent = {event.name for event in catalog.events() if event.delivered == "no"}
    assert silent == {
        "BACKUP_JOB_SUCCESSFUL", "BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED", "RESTORE_JOB_SUCCESSFUL",
        "RESTORE_JOB_FAILED", "BACKUP_PLAN_CREATED", "BACKUP_PLAN_MODIFIED",
    }  # fmt: skip
    for event in catalog.events():
        replacement = catalog.event(event.instead)
        assert event.instead == "" or (replacement is not None and replacement.delivered == "yes")


def test_regions_are_those_of_botocore() -> None:
    """Every Region with a Backup endpoint in botocore is there in its partition, and says so."""
    session = Session()
    for partition in session.get_available_partitions():
        for name in session.get_available_regions("backup", partition):
            region = catalog.region(name)
            assert region is not None, name
            assert (region.partition, region.backup) == (partition, "yes")


def test_regions_without_air_gap() -> None:
    """Ten Regions are documented to have no logically air-gapped vaults; opt-in Regions are marked."""
    assert sorted(region.name for region in catalog.regions() if region.air_gap == "no") == [
        "ap-east-2", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "cn-north-1", "cn-northwest-1",
        "mx-central-1", "us-gov-east-1", "us-gov-west-1",
    ]  # fmt: skip
    opt_in = {name: catalog.region(name) for name in ("af-south-1", "eu-central-1", "eu-central-2")}
    assert {name: region.opt_in for name, region in opt_in.items() if region} == {
        "af-south-1": "yes",
        "eu-central-1": "no",
        "eu-central-2": "yes",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rules_per_plan", 10),
        ("copies_per_rule", 5),
        ("selections_per_plan", 100),
        ("tag_selections_per_plan", 10),
        ("plain_arns_per_selection", 500),
        ("wildcard_arns_per_selection", 30),
        ("vaults_per_region", 300),
        ("start_window_minutes_min", 60),
        ("lock_grace_days_min", 3),
        ("air_gap_retention_days_min", 7),
        ("frameworks", 15),
        ("report_plans", 20),
        ("restore_start_window_hours", 168),
    ],
)
def test_limits(name: str, value: int) -> None:
    """The quotas that rules rest on have their published defaults."""
    assert catalog.limit(name) == value


def test_every_row_has_source_and_date() -> None:
    """No fact stands without saying where and when it was read, and names are unique."""
    tables = (
        catalog.resource_types(),
        catalog.regions(),
        catalog.limits(),
        catalog.prices(),
        catalog.events(),
        catalog.controls(),
    )
    for table in tables:
        assert all(row.source and re.fullmatch(r"\d{4}-\d\d-\d\d", row.date) for row in table)
        assert len({row.name for row in table}) == len(table)


def test_controls() -> None:
    """The eleven controls have their parameters, with ranges by unit, defaults and ways to narrow them."""
    assert len(catalog.controls()) == 11
    recent = catalog.control("BACKUP_LAST_RECOVERY_POINT_CREATED")
    assert recent is not None
    unit, value = recent.parameters
    assert (unit.choices, unit.default) == (("hours", "days"), "days")
    assert [(span.unit, span.minimum, span.maximum) for span in value.ranges] == [("hours", 1, 744), ("days", 1, 31)]
    assert value.unit_from == unit.name
    roles = catalog.control("BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED")
    assert roles is not None
    assert roles.parameters[0].maximum_items == 5
    for control in catalog.controls():
        units = {parameter.name for parameter in control.parameters if parameter.kind == "choice"}
        assert {one.unit_from for one in control.parameters if one.unit_from} <= units
        assert set(control.scopes) <= {"tag", "types", "single"}
