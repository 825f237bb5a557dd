"""Vault access policies: `Access` parts as one IAM policy document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from backstay.dsl import Access
from backstay.dsl.vault import CopyAdmission, DeleteDenial, PolicyDocument
from backstay.ir import ACCOUNT
from backstay.resolve.context import Context
from backstay_aws import arns

VERSION = "2012-10-17"

MANUAL_DELETION = (
    # What the control BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED looks for; Audit Manager guide, read 2026-11.
    "backup:DeleteRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
    "backup:PutBackupVaultAccessPolicy",
)

Statement = dict[str, Any]


def document(access: Access, context: Context) -> Mapping[str, Any]:
    """The policy document: one written by hand as it stands, several parts with their statements joined."""
    first = access.parts[0]
    if len(access.parts) == 1 and isinstance(first, PolicyDocument):
        alone: dict[str, Any] = json.loads(first.text)
        return alone
    statements = [statement for part in access.parts for statement in _statements(part, context)]
    return {"Version": VERSION, "Statement": _named_apart(statements)}


def _statements(part: CopyAdmission | DeleteDenial | PolicyDocument, context: Context) -> Iterator[Statement]:
    match part:
        case CopyAdmission():
            yield from _admission(part, context)
        case DeleteDenial():
            yield _denial(part, context)
        case PolicyDocument():
            written = json.loads(part.text)["Statement"]
            yield from written if isinstance(written, list) else [written]
        case _:
            assert_never(part)


def _admission(part: CopyAdmission, context: Context) -> Iterator[Statement]:
    if part.organization:
        organization = part.organization if isinstance(part.organization, str) else context.organization.id
        condition = {"StringEquals": {"aws:PrincipalOrgID": organization}}
        yield {**_allow("AllowCopiesFromOrganization", "*"), "Condition": condition}
    if part.accounts:
        found = [context.tree.find(account) for account in part.accounts]
        ids = [members[0].id if members else account for members, account in zip(found, part.accounts, strict=True)]
        roots = [str(arns.Arn(context.partition, "iam", "", account, "root")) for account in dict.fromkeys(ids)]
        yield _allow("AllowCopiesFromAccounts", {"AWS": roots})


def _allow(sid: str, principal: Any) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": "backup:CopyIntoBackupVault",
        "Resource": "*",
    }


def _denial(part: DeleteDenial, context: Context) -> Statement:
    denial: Statement = {
        "Sid": "DenyManualDeletion",
        "Effect": "Deny",
        "Principal": "*",
        "Action": list(MANUAL_DELETION),
        "Resource": "*",
    }
    roles = [role if role.startswith("arn:") else arns.role(context.partition, ACCOUNT, role) for role in part.except_]
    return {**denial, "Condition": {"ArnNotEquals": {"aws:PrincipalArn": roles}}} if roles else denial


def _named_apart(statements: list[Statement]) -> list[Statement]:
    """The statements with unlike `Sid`s, as IAM wants them within one document."""
    used: dict[str, int] = {}
    named = []
    for statement in statements:
        sid = statement.get("Sid")
        if isinstance(sid, str):
            used[sid] = used.get(sid, 0) + 1
            statement = statement if used[sid] == 1 else {**statement, "Sid": f"{sid}{used[sid]}"}
        named.append(statement)
    return named
