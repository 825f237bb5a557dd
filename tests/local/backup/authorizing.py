"""Policies that tests of authorization put in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

ANYBODY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
FULL_ACCESS = "arn:aws:iam::aws:policy/AWSBackupFullAccess"
JOB_POLICY = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
CLOSED = ("AccessDeniedException", "Insufficient privileges to perform this action.")


def document(*statements: Mapping[str, Any]) -> str:
    """A policy document of statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def deny(*actions: str, **members: Any) -> dict[str, Any]:
    """A statement that denies actions on everything."""
    return {"Effect": "Deny", "Action": list(actions), "Resource": "*", **members}


def allow(*actions: str, **members: Any) -> dict[str, Any]:
    """A statement that allows actions on everything."""
    return deny(*actions, **{"Effect": "Allow", **members})


def control(site: Any, *statements: Mapping[str, Any], target: str | None = None, kind: str = "SERVICE") -> str:
    """A control policy of the organization on an account, or on the root; gives its id."""
    organizations = site.client("organizations")
    root, wanted = organizations.list_roots()["Roots"][0]["Id"], f"{kind}_CONTROL_POLICY"
    on = [one["Type"] for one in organizations.list_roots()["Roots"][0]["PolicyTypes"]]
    if wanted not in on:
        organizations.enable_policy_type(RootId=root, PolicyType=wanted)
    made = organizations.create_policy(Name="p", Description="", Type=wanted, Content=document(*statements))
    identity = str(made["Policy"]["PolicySummary"]["Id"])
    organizations.attach_policy(PolicyId=identity, TargetId=target or root)
    return identity


def session(site: Any, role: str, region: str = "us-east-1", **members: Any) -> Any:
    """AWS Backup as a session of a role sees it."""
    given = site.client("sts").assume_role(RoleArn=role, RoleSessionName="me", **members)["Credentials"]
    made = site.aws.session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    return made.client("backup", region_name=region)


def operator(site: Any, *statements: Mapping[str, Any], name: str = "Operator", **members: Any) -> str:
    """A role that people take, with an inline policy; gives its ARN."""
    iam = site.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(ANYBODY), **members)["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*statements))
    return str(role)


def key_denying(site: Any, action: str) -> str:
    """A key that denies one action to the role of the jobs."""
    own = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{site.account}:root"})
    closed = deny(action, Principal={"AWS": site.role()})
    return str(site.client("kms").create_key(Policy=document(own, closed))["KeyMetadata"]["Arn"])
