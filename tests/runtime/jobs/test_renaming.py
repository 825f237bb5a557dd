"""New names for what is restored."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backstay_agent.jobs.renaming import Metadata, metadata

NOW = datetime(2026, 11, 22, 10, 51, 7, tzinfo=UTC)
_RULES = {
    # Type → key, source ARN, and the service's rule for names as one expression.
    "S3": ("DestinationBucketName", "arn:aws:s3:::{}", r"(?!.*\.\.)(?!.*[.]-|.*-[.])[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
    "DynamoDB": ("targetTableName", "arn:aws:dynamodb:r:1:table/{}", r"[a-zA-Z0-9_.-]{3,255}"),
    "RDS": ("DBInstanceIdentifier", "arn:aws:rds:r:1:db:{}", r"(?!.*--)[a-z0-9][a-z0-9-]{0,61}[a-z0-9]"),
    "Aurora": ("DBClusterIdentifier", "arn:aws:rds:r:1:cluster:{}", r"(?!.*--)[a-z0-9][a-z0-9-]{0,61}[a-z0-9]"),
}


@given(st.sampled_from(sorted(_RULES)), st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,300}", fullmatch=True))
@example("S3", "0..0")
@example("S3", "a.-.-b...c")
def test_new_names_fit(type_: str, name: str) -> None:
    """Whatever the original is called, the new name is another one, fits its service's rules, and says the time."""
    key, arn, rule = _RULES[type_]
    found = metadata(type_, arn.format(name), {key: name}, {}, NOW)
    assert isinstance(found, Metadata)
    new = found.values[key]
    assert re.fullmatch(rule, new)
    assert new != name
    assert new.endswith("-restored-20261122-105107")


@pytest.mark.parametrize(
    ("type_", "source", "given_", "added"),
    [
        (
            "S3",
            "arn:aws:s3:::ledger",
            {},
            {"DestinationBucketName": "ledger-restored-20261122-105107", "NewBucket": "true"},
        ),
        (
            "DynamoDB",
            "arn:aws:dynamodb:r:1:table/Orders",
            {"targetTableName": "Orders"},
            {"targetTableName": "Orders-restored-20261122-105107"},
        ),
        (
            "RDS",
            "arn:aws:rds:r:1:cluster:multi-az",
            {"DBClusterIdentifier": "multi-az"},
            {"DBClusterIdentifier": "multi-az-restored-20261122-105107"},
        ),
        ("EBS", "arn:aws:ec2:r:1:volume/vol-1", {"availabilityZone": "ra"}, {}),
        (
            "EFS",
            "arn:aws:elasticfilesystem:r:1:file-system/fs-1",
            {"newFileSystem": "false", "CreationToken": "old"},
            {"newFileSystem": "true", "CreationToken": "fs-1-restored-20261122-105107"},
        ),
    ],
)
def test_metadata(type_: str, source: str, given_: dict[str, str], added: dict[str, str]) -> None:
    """What AWS keeps is kept, but for what must be new."""
    assert metadata(type_, source, given_, {}, NOW) == Metadata({**given_, **added}, tuple(sorted(added)))


def test_wishes_win() -> None:
    """What the caller sets stands, even where a name would have been made up."""
    found = metadata("S3", "arn:aws:s3:::ledger", {}, {"DestinationBucketName": "mine", "ItemsToRestore": '["a"]'}, NOW)
    assert isinstance(found, Metadata)
    assert found.values == {"DestinationBucketName": "mine", "ItemsToRestore": '["a"]', "NewBucket": "true"}


def test_types_that_may_overwrite() -> None:
    """Where nothing is known of how a type avoids what exists, only the caller can say where it shall go."""
    told = metadata("SAP HANA on Amazon EC2", "arn:aws:ssm-sap:r:1:HANA/x", {"DatabaseName": "X"}, {}, NOW)
    assert isinstance(told, str)
    assert "DatabaseName=X" in told
    found = metadata("SAP HANA on Amazon EC2", "arn:aws:ssm-sap:r:1:HANA/x", {}, {"DatabaseName": "Y"}, NOW)
    assert found == Metadata({"DatabaseName": "Y"}, ("DatabaseName",))
