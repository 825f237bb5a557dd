"""What a policy document lets in: access policies of backup vaults, and trust policies of IAM roles.

Source: IAM user guide "Policy evaluation logic"; Backup developer guide "Vault access policies" and "Creating backup
copies across accounts"; read 2026-11. Documents are read as they are: what cannot be judged (an operator that IAM does
not have, a policy variable or address that is not told) makes an Allow statement not apply and a Deny statement apply.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backstay_aws import arns
from backstay_aws.access_shape import DocumentFinding, DocumentProblem, document_findings, document_problems
from backstay_aws.policy_context import Context
from backstay_aws.policy_statement import Grant, Request, denied, grant, is_session

__all__ = [
    "DocumentFinding",
    "DocumentProblem",
    "admits",
    "denies",
    "document_findings",
    "document_problems",
    "trusts",
]

_ASSUME = "sts:AssumeRole"


def admits(
    document: Mapping[str, Any],
    action: str,
    *,
    principal_account: str,
    principal_arn: str | None,
    organization: str | None,
    org_path: str | None,
    vault_arn: str,
    context: Mapping[str, str] | None = None,
) -> bool:
    """Say whether a vault's access policy allows an action to a principal: some Allow applies and no Deny does.

    `principal_arn` None means the account as such. `organization` is the principal's organization (`o-...`), `org_path`
    its place there (`o-.../r-.../ou-.../`); None when it has none. `vault_arn` is the ARN that the action is aimed at
    (for actions on a recovery point, the recovery point's). `context` adds further condition keys, such as
    `aws:SourceAccount`, which is absent otherwise. Within one account IAM may allow what this policy does not: ask
    `denies` there.
    """
    request = _vault_request(action, principal_account, principal_arn, organization, org_path, vault_arn, context)
    return _allowed(document, request)


def denies(
    document: Mapping[str, Any],
    action: str,
    *,
    principal_account: str,
    principal_arn: str | None,
    organization: str | None,
    org_path: str | None,
    vault_arn: str,
    context: Mapping[str, str] | None = None,
) -> bool:
    """Say whether a vault's access policy forbids an action to a principal; arguments as in `admits`."""
    request = _vault_request(action, principal_account, principal_arn, organization, org_path, vault_arn, context)
    return denied(document, request, of_resource=True) is not False


def trusts(
    document: Mapping[str, Any],
    *,
    principal_arn: str,
    principal_account: str,
    service: str | None = None,
    context: Mapping[str, str] | None = None,
) -> bool:
    """Say whether a role's trust policy lets someone assume it (`sts:AssumeRole`).

    With `service` (`backup.amazonaws.com`) the AWS service asks, on behalf of `principal_account`, which then is
    `aws:SourceAccount`; `principal_arn`, when not empty, is what it acts for and becomes `aws:SourceArn`. `context`
    adds further condition keys, such as `sts:ExternalId`.
    """
    if service is None:
        keys = _principal_keys(principal_account, principal_arn)
        asking = Request(_ASSUME, None, principal_account, principal_arn, None, Context.of({**keys, **(context or {})}))
    else:
        keys = {"aws:SourceAccount": principal_account, "aws:SourceArn": principal_arn or None}
        asking = Request(_ASSUME, None, None, None, service, Context.of({**keys, **(context or {})}))
    return _allowed(document, asking)


def _vault_request(
    action: str,
    account: str,
    principal: str | None,
    organization: str | None,
    org_path: str | None,
    resource: str,
    context: Mapping[str, str] | None,
) -> Request:
    keys = _principal_keys(account, principal)
    keys |= {"aws:PrincipalOrgID": organization, "aws:PrincipalOrgPaths": org_path}
    return Request(action, resource, account, principal, None, Context.of({**keys, **(context or {})}))


def _principal_keys(account: str, principal: str | None) -> dict[str, str | None]:
    return {"aws:PrincipalAccount": account, "aws:PrincipalArn": _role_of(principal) if principal else None}


def _allowed(document: Mapping[str, Any], request: Request) -> bool:
    granted = grant(document, request, doubt=False) > Grant.NONE
    return granted and denied(document, request, of_resource=True) is False


def _role_of(principal: str) -> str:
    """Give the role behind a session (`assumed-role/Name/session`); its path, which a session lacks, is unknown."""
    arn = arns.parse(principal)
    if arn is None or not is_session(arn):
        return principal
    return arns.role(arn.partition, arn.account, arn.resource.split("/")[1])
