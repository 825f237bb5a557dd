"""Vault access policies: `Access` parts as one IAM policy document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from backstay.dsl import Access
from backstay.dsl.vault import CopyAdmission, CopyDeparture, DeleteDenial, PolicyDocument
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
Part = CopyAdmission | CopyDeparture | DeleteDenial | PolicyDocument


def document(access: Access, context: Context) -> Mapping[str, Any]:
    """The policy document: one written by hand as it stands, several parts with their statements joined."""
    first = access.parts[0]
    if len(access.parts) == 1 and isinstance(first, PolicyDocument):
        alone: dict[str, Any] = json.loads(first.text)
        return alone
    statements = [statement for part in access.parts for statement in _statements(part, context)]
    return {"Version": VERSION, "Statement": _named_apart(statements)}


def _statements(part: Part, context: Context) -> Iterator[Statement]:
    match part:
        case CopyAdmission():
            yield from _admission(part, context)
        case CopyDeparture():
            yield _departure(part, context)
        case DeleteDenial():
            yield _denial(part, context)
        case PolicyDocument():
            written = json.loads(part.text)["Statement"]
            yield from written if isinstance(written, list) else [written]
        case _:
            assert_never(part)


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whom access policies let copy into a vault: organizations and accounts, by id, sorted."""

    organizations: tuple[str, ...]
    accounts: tuple[str, ...]


def admitted(parts: Iterable[Part], context: Context) -> Admitted:
    """Whom the parts admit; what a document written by hand admits is not looked at."""
    admissions = [part for part in parts if isinstance(part, CopyAdmission)]
    organizations = {_organization(part, context) for part in admissions if part.organization}
    accounts = {account for part in admissions for account in _ids(part.accounts, context)}
    return Admitted(tuple(sorted(organizations)), tuple(sorted(accounts)))


def _admission(part: CopyAdmission, context: Context) -> Iterator[Statement]:
    if part.organization:
        condition = {"StringEquals": {"aws:PrincipalOrgID": _organization(part, context)}}
        yield {**_allow("AllowCopiesFromOrganization", "*"), "Condition": condition}
    if part.accounts:
        accounts = _ids(part.accounts, context)
        roots = [str(arns.Arn(context.partition, "iam", "", account, "root")) for account in accounts]
        yield _allow("AllowCopiesFromAccounts", {"AWS": roots})


def _organization(part: CopyAdmission | CopyDeparture, context: Context) -> str:
    return part.organization if isinstance(part.organization, str) else context.organization.id


def _ids(accounts: Iterable[str], context: Context) -> tuple[str, ...]:
    """Accounts as twelve digits, each once."""
    found = ((account, context.tree.find(account)) for account in accounts)
    return tuple(dict.fromkeys(members[0].id if members else account for account, members in found))


def _departure(part: CopyDeparture, context: Context) -> Statement:
    """Denies copies that leave for other accounts than those named; copies within the account always may.

    `backup:CopyTargets` holds the ARN of the copy's vault, `backup:CopyTargetOrgPaths` the path of its account, as the
    service authorization reference has them for `CopyFromBackupVault`. AWS shows both in service control policies; no
    page says that a vault's own policy is asked too when a copy leaves it (read 2026-11): the same statement in a
    service control policy is the belt to these braces.
    """
    own = (ACCOUNT, *_ids(part.accounts, context))
    vaults = [arns.vault(context.partition, "*", account, "*") for account in own]
    condition: dict[str, Any] = {"ForAllValues:ArnNotLike": {"backup:CopyTargets": vaults}}
    if part.organization:
        paths = [f"{_organization(part, context)}/*"]
        condition["ForAllValues:StringNotLike"] = {"backup:CopyTargetOrgPaths": paths}
    return {
        "Sid": "DenyCopiesToOthers",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "backup:CopyFromBackupVault",
        "Resource": "*",
        "Condition": condition,
    }


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
