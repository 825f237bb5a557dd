"""The policies as documents: no wider than the tables, and in AWS's limits."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, get_args

import botocore.session
import pytest
from click.testing import Result

from backstay_agent.permissions import KINDS, OPERATIONS, Kind, Partition, policy
from backstay_agent.permissions.actions import exceptions

PAYMENTS = "100000000010"
FINAL = {"backup:PutBackupVaultLockConfiguration", "backup:CreateLogicallyAirGappedBackupVault"}
INLINE_LIMIT = 10_240
"""Characters of a role's inline policies, without blanks: IAM user guide "IAM and AWS STS quotas"; 2026-11."""


def _actions(document: dict[str, Any]) -> list[str]:
    return [action for statement in document["Statement"] for action in statement["Action"]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("partition", get_args(Partition))
def test_a_policy_stays_within_its_account_and_partition(kind: Kind, partition: Partition) -> None:
    """No action by wildcard, no ARN of another partition, one statement for each Sid, and no longer than IAM takes."""
    document = policy(kind, partition, PAYMENTS)
    assert not [action for action in _actions(document) if "*" in action]
    sids = [statement["Sid"] for statement in document["Statement"]]
    assert len(sids) == len(set(sids))
    text = json.dumps(document, separators=(",", ":"))
    assert len(text) <= INLINE_LIMIT
    for statement in document["Statement"]:
        for resource in [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]:
            assert resource == "*" or resource.startswith(f"arn:{partition}:")


def test_a_role_that_only_looks_changes_nothing() -> None:
    """Every action of the reading role reads, and it passes no roles."""
    document = policy("member-read", "aws", PAYMENTS)
    assert all(action.partition(":")[2].startswith(("Get", "List", "Describe")) for action in _actions(document))


def test_locks_stand_alone() -> None:
    """The statement LockVaults holds what can be final and nothing else; without it no statement does."""
    [locking] = [one for one in policy("member", "aws", PAYMENTS)["Statement"] if one["Sid"] == "LockVaults"]
    assert "backup:PutBackupVaultLockConfiguration" in locking["Action"]
    assert set(locking["Action"]) <= FINAL
    assert not set(_actions(policy("member", "aws", PAYMENTS, locks=False))) & FINAL


def test_the_agent_never_deletes_backups_nor_changes_roles() -> None:
    """What no command does by habit no policy allows: deleting points; IAM and KMS but to look and to pass roles."""
    looks = ("iam:Get", "iam:List", "kms:Describe", "kms:Get", "kms:List")
    for kind in KINDS:
        for statement in policy(kind, "aws", PAYMENTS)["Statement"]:
            actions = set(statement["Action"])
            assert not actions & {"backup:DeleteRecoveryPoint", "kms:ScheduleKeyDeletion", "iam:DeleteRole"}
            if kind != "management" and "kms:ViaService" not in json.dumps(statement.get("Condition", {})):
                strange = {one for one in actions if one.startswith(("iam:", "kms:")) and not one.startswith(looks)}
                assert strange <= {"iam:PassRole", "iam:CreateServiceLinkedRole"}


def test_roles_that_are_managed_are_named_and_ours() -> None:
    """Asked for, the agent makes and changes roles of these names that carry its tag, with AWS Backup's policies."""
    before = {one["Sid"] for one in policy("member", "aws", PAYMENTS)["Statement"]}
    document = policy("member", "aws", PAYMENTS, manages=True, passes=("backup/*",))
    added = {one["Sid"]: one for one in document["Statement"] if one["Sid"] not in before}
    assert set(added) == {"MakeRoles", "ChangeRoles", "AttachToRoles", "MakeKeys", "ChangeKeys"}
    for sid, statement in added.items():
        (key,) = statement["Condition"]["Null"]
        assert key.endswith("Tag/backstay:owner")
        assert statement["Resource"] == ("*" if "Keys" in sid else [f"arn:aws:iam::{PAYMENTS}:role/backup/*"])
    assert len(added["AttachToRoles"]["Condition"]["ArnLike"]["iam:PolicyARN"]) == 2
    unnamed = policy("member", "aws", PAYMENTS, commands=("apply-managed",))
    assert not {one["Sid"] for one in unnamed["Statement"]} & {"MakeRoles", "ChangeRoles", "AttachToRoles"}
    text = json.dumps(policy("member", "aws", PAYMENTS, manages=True, managing=True), separators=(",", ":"))
    assert len(text) <= INLINE_LIMIT


def test_roles_are_passed_to_backup_only() -> None:
    """The roles may be named; without, any role of the account, but to AWS Backup alone."""
    document = policy("member", "aws", PAYMENTS, passes=("service-role/AWSBackupDefaultServiceRole",))
    [passing] = [one for one in document["Statement"] if one["Sid"] == "PassRoles"]
    assert passing["Resource"] == [f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "backup.amazonaws.com"}}


def test_a_runner_enters_the_one_role(run: Callable[..., Result]) -> None:
    """Of what it may do outside its account there is only the role that was named."""
    printed = run("org", "permissions", "--for", "runner", "--role", "/ops/backstay-agent", "--partition", "aws-cn")
    document = json.loads(printed.stdout)
    [entering] = [one for one in document["Statement"] if one["Action"] == ["sts:AssumeRole"]]
    assert entering["Resource"] == "arn:aws-cn:iam::*:role/ops/backstay-agent"


def test_a_policy_for_some_commands_is_narrower(run: Callable[..., Result]) -> None:
    """`--command` leaves out what the others need; a command that is not there is a complaint, exit 2."""
    narrow = _actions(json.loads(run("org", "permissions", "--command", "backup").stdout))
    assert "backup:StartBackupJob" in narrow
    assert "backup:CreateBackupVault" not in narrow
    assert run("org", "permissions", "--command", "bake").exit_code == 2
    assert run("org", "permissions", "--for", "management", "--account", "12").exit_code == 2


def test_every_row_names_an_operation_that_aws_has() -> None:
    """Services and operations are those of AWS's own models."""
    session = botocore.session.get_session()
    rows = {row for operations in OPERATIONS.values() for row in operations} | set(exceptions())
    for row in sorted(rows):
        service, _, operation = row.partition(":")
        assert operation in session.get_service_model(service).operation_names, row
