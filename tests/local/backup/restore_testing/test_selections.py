"""Selections of restore testing plans: what they keep, what is refused, and what an update may change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

INVALID, MISSING = "InvalidParameterValueException", "MissingParameterValueException"
BUCKET = "arn:aws:s3:::bucket"
PROD = {"StringEquals": [{"Key": "env", "Value": "prod"}]}
NAMES = {"RestoreTestingPlanName": "p1", "RestoreTestingSelectionName": "s1"}


def kept(tester: Any) -> dict[str, Any]:
    """The selection s1 of p1."""
    return dict(tester.backup.get_restore_testing_selection(**NAMES)["RestoreTestingSelection"])


def test_kept(tester: Any, refusal: Any) -> None:
    """A selection comes back as it was given, its window spelt out, and with a token the same answer twice."""
    arn = tester.plan()
    body = {
        "RestoreTestingSelectionName": "s1",
        "ProtectedResourceType": "EBS",
        "IamRoleArn": tester.site.role(),
        "ProtectedResourceArns": ["*"],
        "ProtectedResourceConditions": PROD,
        "RestoreMetadataOverrides": {"AVAILABILITYZONE": "us-east-1b"},
    }
    create = tester.backup.create_restore_testing_selection
    whole = {"RestoreTestingPlanName": "p1", "RestoreTestingSelection": body, "CreatorRequestId": "t-1"}
    made = create(**whole)
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (made["RestoreTestingPlanArn"], made["RestoreTestingSelectionName"]) == (arn, "s1")
    assert kept(tester) == {
        **body,
        "ValidationWindowHours": 0,
        "RestoreTestingPlanName": "p1",
        "CreationTime": made["CreationTime"],
        "CreatorRequestId": "t-1",
    }
    [listed] = tester.backup.list_restore_testing_selections(RestoreTestingPlanName="p1")["RestoreTestingSelections"]
    shown = ("CreationTime", "IamRoleArn", "ProtectedResourceType", *NAMES, "ValidationWindowHours")
    assert listed == {name: kept(tester)[name] for name in shown}
    assert create(**whole)["CreationTime"] == made["CreationTime"]
    whole["RestoreTestingSelection"] = body | {"RestoreTestingSelectionName": "s2"}
    assert refusal(lambda: create(**whole))[0] == "AlreadyExistsException"
    assert refusal(lambda: tester.select())[0] == "AlreadyExistsException"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"name": "a-b"}, INVALID),
        ({"name": "x" * 51}, INVALID),
        ({"kind": "Timestream"}, INVALID),
        ({"kind": "Nothing"}, INVALID),
        ({"IamRoleArn": "arn:aws:iam::000000000000:role/other"}, INVALID),
        ({"IamRoleArn": "role"}, INVALID),
        ({"ProtectedResourceArns": []}, MISSING),
        ({"ProtectedResourceArns": ["*", BUCKET]}, INVALID),
        ({"ProtectedResourceArns": ["arn:aws:s3:::log-*"]}, INVALID),
        ({"ProtectedResourceArns": ["bucket"]}, INVALID),
        ({"ProtectedResourceArns": [f"{BUCKET}-{number}" for number in range(31)]}, INVALID),
        ({"ProtectedResourceArns": [BUCKET], "ProtectedResourceConditions": PROD}, INVALID),
        ({"ProtectedResourceConditions": {"StringEquals": [{"Key": "aws:x", "Value": "y"}]}}, INVALID),
        ({"ProtectedResourceConditions": {"StringEquals": [{"Key": "", "Value": "y"}]}}, INVALID),
        ({"ProtectedResourceConditions": {"StringEquals": [{"Key": "a", "Value": "y" * 257}]}}, INVALID),
        ({"ProtectedResourceConditions": {"StringNotEquals": [{"Key": "a!", "Value": "y"}]}}, INVALID),
        (
            {
                "ProtectedResourceConditions": {
                    "StringEquals": [{"Key": f"k{number}", "Value": ""} for number in range(16)],
                    "StringNotEquals": [{"Key": f"k{number}", "Value": ""} for number in range(15)],
                }
            },
            INVALID,
        ),
        ({"ValidationWindowHours": 169}, INVALID),
        ({"ValidationWindowHours": -1}, INVALID),
        ({"RestoreMetadataOverrides": {"destinationBucketName": "mine"}}, INVALID),
        ({"RestoreMetadataOverrides": {"color": "red"}}, INVALID),
        ({"kind": "FSx", "RestoreMetadataOverrides": {"windowsConfiguration": "8"}}, INVALID),
        ({"kind": "FSx", "RestoreMetadataOverrides": {"windowsConfiguration": '{"deploymentType": "x"}'}}, INVALID),
    ],
)
def test_refused(tester: Any, refusal: Any, members: dict[str, Any], code: str) -> None:
    """Names, types, roles, ARNs, conditions, windows and overrides that AWS does not take are refused."""
    tester.plan()
    assert refusal(lambda: tester.select(**members))[0] == code
    assert tester.backup.list_restore_testing_selections(RestoreTestingPlanName="p1")["RestoreTestingSelections"] == []


@pytest.mark.parametrize(
    "members",
    [
        {"ProtectedResourceConditions": {}},
        {"ProtectedResourceConditions": {"StringEquals": [{"Key": "aws:ResourceTag/env", "Value": "prod"}]}},
        {"ProtectedResourceArns": [f"{BUCKET}-{number}" for number in range(30)], "ValidationWindowHours": 168},
        {"RestoreMetadataOverrides": {"EncryptionType": "SSE-KMS", "kmskey": "alias/aws/s3"}},
        {"kind": "FSx", "RestoreMetadataOverrides": {"windowsConfiguration": '{"activeDirectoryId": "d-1"}'}},
    ],
)
def test_taken(tester: Any, members: dict[str, Any]) -> None:
    """Conditions alone, the keys as Terraform's examples spell them, and overrides in any case are taken."""
    tester.plan()
    tester.select(**members)
    assert kept(tester)["RestoreTestingSelectionName"] == "s1"


def test_update(tester: Any, refusal: Any) -> None:
    """An update changes what it names, and neither the name nor the type."""
    tester.plan()
    tester.select(ProtectedResourceArns=[BUCKET])
    tester.site.advance(hours=1)
    update = tester.backup.update_restore_testing_selection
    made = update(**NAMES, RestoreTestingSelection={"ValidationWindowHours": 5})
    assert made["UpdateTime"] - made["CreationTime"] >= timedelta(hours=1)
    assert (kept(tester)["ProtectedResourceArns"], kept(tester)["ValidationWindowHours"]) == ([BUCKET], 5)
    other = NAMES | {"RestoreTestingSelectionName": "s2"}
    assert refusal(lambda: update(**other, RestoreTestingSelection={}))[0] == "ResourceNotFoundException"
    late = {"ValidationWindowHours": 200}
    assert refusal(lambda: update(**NAMES, RestoreTestingSelection=late))[0] == INVALID


def test_update_in_whole(tester: Any) -> None:
    """Role, conditions, overrides and window can be changed together, and the next test goes by them."""
    site = tester.site
    for env in ("prod", "dev"):
        tags = [{"Key": "env", "Value": env}]
        site.take(site.volume(TagSpecifications=[{"ResourceType": "volume", "Tags": tags}]))
    tester.plan()
    tester.select("EBS")
    body = {
        "IamRoleArn": site.role(name="OtherRole"),
        "ProtectedResourceConditions": {"StringNotEquals": [{"Key": "env", "Value": "prod"}]},
        "RestoreMetadataOverrides": {"volumesize": "3"},
        "ValidationWindowHours": 3,
    }
    tester.backup.update_restore_testing_selection(**NAMES, RestoreTestingSelection=body)
    assert {name: kept(tester)[name] for name in body} == body
    site.advance(hours=5)
    job = tester.job()
    assert (job["Status"], job["IamRoleArn"], job["ValidationStatus"]) == (
        "COMPLETED",
        body["IamRoleArn"],
        "VALIDATING",
    )
    assert tester.metadata(job)["volumeSize"] == "3"
    [source] = [
        one for one in site.aws.data.resources(site.account, "us-east-1") if one.arn == job["SourceResourceArn"]
    ]
    assert source.tags["env"] == "dev"


def test_update_from_arns_to_conditions(tester: Any, refusal: Any) -> None:
    """A selection with ARNs takes conditions only together with the wildcard."""
    tester.plan()
    tester.select(ProtectedResourceArns=[BUCKET])
    update = tester.backup.update_restore_testing_selection
    conditions = {"ProtectedResourceConditions": PROD}
    assert refusal(lambda: update(**NAMES, RestoreTestingSelection=conditions))[0] == INVALID
    update(**NAMES, RestoreTestingSelection=conditions | {"ProtectedResourceArns": ["*"]})
    assert kept(tester)["ProtectedResourceConditions"] == PROD
