"""ARNs: taken apart, put together, and the partition that a Region belongs to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_aws import arns, catalog
from backstay_aws.arns import Arn


@pytest.mark.parametrize(
    ("text", "arn"),
    [
        ("arn:aws:s3:::bucket", Arn("aws", "s3", "", "", "bucket")),
        (
            "arn:aws-cn:backup:cn-north-1:123456789012:backup-vault:v",
            Arn("aws-cn", "backup", "cn-north-1", "123456789012", "backup-vault:v"),
        ),
        (
            "arn:aws:rds:eu-west-1:123456789012:snapshot:awsbackup:job-1",
            Arn("aws", "rds", "eu-west-1", "123456789012", "snapshot:awsbackup:job-1"),
        ),
        ("arn:aws:ec2:*:*:instance/*", Arn("aws", "ec2", "*", "*", "instance/*")),
        ("arn:aws:ec2:*", None),
        ("arn:aws:s3:::", None),
        ("arn::s3:::bucket", None),
        ("arn:aws::::bucket", None),
        ("urn:aws:s3:::bucket", None),
        ("acme-dr", None),
        ("", None),
    ],
)
def test_takes_arns_apart(text: str, arn: Arn | None) -> None:
    """Six fields make an ARN, colons in the resource belong to it, and anything else is None, never an error."""
    assert arns.parse(text) == arn


FIELD = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789-*", min_size=1, max_size=12)


@given(st.builds(Arn, FIELD, FIELD, FIELD | st.just(""), FIELD | st.just(""), FIELD | st.just("a:b/c")))
def test_round_trip(arn: Arn) -> None:
    """What is written is read back as it was."""
    assert arns.parse(str(arn)) == arn


def test_builders() -> None:
    """Each builder writes the form that AWS documents, prefixes given or not."""
    assert (
        arns.vault("aws", "eu-west-1", "123456789012", "dr") == "arn:aws:backup:eu-west-1:123456789012:backup-vault:dr"
    )
    for alias in ("acme", "alias/acme"):
        assert arns.kms_alias("aws", "eu-west-1", "1", alias) == "arn:aws:kms:eu-west-1:1:alias/acme"
    for name in ("service-role/X", "/service-role/X"):
        assert arns.role("aws-us-gov", "1", name) == "arn:aws-us-gov:iam::1:role/service-role/X"
    assert arns.sns_topic("aws", "eu-west-1", "1", "alarms") == "arn:aws:sns:eu-west-1:1:alarms"


def test_partition_of_every_region() -> None:
    """The prefix rule agrees with the catalogue for every Region in it, and unknown Regions fall to aws."""
    for region in catalog.regions():
        assert arns.partition_of(region.name) == region.partition, region.name
    assert arns.partition_of("eu-north-9") == "aws"
