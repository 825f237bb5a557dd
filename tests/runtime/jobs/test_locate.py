"""Where a recovery point is."""

from __future__ import annotations

import pytest

from backstay_agent.jobs.locate import Where, where

POINT = "arn:aws:backup:eu-central-1:100000000010:recovery-point:3F7AE184"
IMAGE = "arn:aws:ec2:eu-central-1::image/ami-0123"


@pytest.mark.parametrize(
    ("arn", "account", "region", "found"),
    [
        (POINT, None, None, Where("100000000010", "eu-central-1")),
        (POINT, "100000000010", "eu-central-1", Where("100000000010", "eu-central-1")),
        (IMAGE, "100000000010", None, Where("100000000010", "eu-central-1")),
        (
            "arn:aws-us-gov:rds:us-gov-west-1:100000000010:snapshot:awsbackup:job-1",
            None,
            None,
            Where("100000000010", "us-gov-west-1"),
        ),
        ("arn:aws:fsx:eu-west-1:100000000010:backup/backup-1", None, None, Where("100000000010", "eu-west-1")),
    ],
)
def test_places(arn: str, account: str | None, region: str | None, found: Where) -> None:
    """The ARN says the place as far as it can, the options say the rest."""
    assert where(arn, account, region) == found


@pytest.mark.parametrize(
    ("arn", "account", "region", "says"),
    [
        ("", None, None, "no ARN at all"),
        ("arn:aws:backup:eu-central-1:100000000010", None, None, "cut short"),
        ("arn:aws:backup:eu-central-1:100000000010:recovery-point:", None, None, "cut short"),
        ("arn:aws:ec2:eu-central-1::snapshot/snap-", "100000000010", None, "cut short"),
        ("arn:aws:backup:eu-central-1:1000:recovery-point:x", None, None, "1000 is no account id"),
        ("arn:aws:backup:eu:100000000010:recovery-point:x", None, None, "eu is no Region"),
        ("arn:aws:backup:eu-central-1:100000000010:backup-vault:primary", None, None, "something else in AWS Backup"),
        (IMAGE, None, None, "give --account"),
        (POINT, "100000000011", None, "the ARN says account 100000000010, --account says 100000000011"),
        (POINT, "100000000011", None, "say --into 100000000011"),
        (POINT, None, "eu-west-1", "the ARN says Region eu-central-1, --region says eu-west-1"),
    ],
)
def test_complaints(arn: str, account: str | None, region: str | None, says: str) -> None:
    """What cannot be a recovery point, or contradicts itself, is told in one sentence before anybody is asked."""
    told = where(arn, account, region)
    assert isinstance(told, str)
    assert says in told
    assert "\n" not in told
