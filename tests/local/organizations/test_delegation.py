"""The resource policy of an organization, and what a member may do by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backstay_local.app import LocalAws

MANAGEMENT, BACKUP, PROD = "100000000001", "100000000002", "100000000010"
KIND = {"StringEquals": {"organizations:PolicyType": "BACKUP_POLICY"}}


def _document(*actions: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{BACKUP}:root"},
        "Action": [f"organizations:{action}" for action in actions],
        "Resource": [
            f"arn:aws:organizations::{MANAGEMENT}:policy/*/backup_policy/*",
            f"arn:aws:organizations::{MANAGEMENT}:root/*",
        ],
        "Condition": KIND,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def management(aws: LocalAws, org_file: Path) -> Any:
    """Organizations as the management account sees it, with backup policies enabled."""
    aws.seed(org_file)
    client = aws.client("organizations", MANAGEMENT)
    client.enable_policy_type(RootId=client.list_roots()["Roots"][0]["Id"], PolicyType="BACKUP_POLICY")
    return client


def test_a_member_manages_what_the_policy_lets_it(aws: LocalAws, management: Any) -> None:
    """It makes and attaches backup policies where it may, and no policies of another type, nor elsewhere."""
    member = aws.client("organizations", BACKUP)
    wish = {"Name": "base", "Description": "", "Type": "BACKUP_POLICY", "Content": '{"plans": {}}'}
    with pytest.raises(ClientError, match="AccessDenied"):
        member.create_policy(**wish)
    management.put_resource_policy(Content=_document("CreatePolicy", "AttachPolicy"))
    made = member.create_policy(**wish)["Policy"]["PolicySummary"]["Id"]
    member.attach_policy(PolicyId=made, TargetId=management.list_roots()["Roots"][0]["Id"])
    with pytest.raises(ClientError, match="AccessDenied"):
        member.attach_policy(PolicyId=made, TargetId=PROD)
    with pytest.raises(ClientError, match="AccessDenied"):
        member.delete_policy(PolicyId=made)
    with pytest.raises(ClientError, match="AccessDenied"):
        member.create_policy(**{**wish, "Type": "SERVICE_CONTROL_POLICY"})
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.client("organizations", PROD).create_policy(**wish)


def test_the_policy_is_kept_replaced_and_deleted(management: Any) -> None:
    """There is one, under one id; what is no policy is refused."""
    with pytest.raises(ClientError, match="ResourcePolicyNotFound"):
        management.describe_resource_policy()
    with pytest.raises(ClientError, match="MalformedPolicyDocument"):
        management.put_resource_policy(Content="{}")
    first = management.put_resource_policy(Content=_document("CreatePolicy"))["ResourcePolicy"]
    second = management.put_resource_policy(Content=_document("DeletePolicy"))["ResourcePolicy"]
    assert first["ResourcePolicySummary"] == second["ResourcePolicySummary"]
    assert management.describe_resource_policy()["ResourcePolicy"] == second
    management.delete_resource_policy()
    with pytest.raises(ClientError, match="ResourcePolicyNotFound"):
        management.describe_resource_policy()
