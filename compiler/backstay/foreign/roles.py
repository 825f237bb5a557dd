"""Roles that files make themselves, and which of them AWS Backup cannot assume."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from backstay.importer.cloudformation.undecided import unknowns
from backstay.importer.found import Found, Unknown
from backstay_aws import arns
from backstay_aws.access import trusts
from backstay_contract.findings import Span

SERVICE = "backup.amazonaws.com"
_SOMEBODY = "111122223333"


def untrusting(found: Iterable[Found]) -> Mapping[str, tuple[str, Span]]:
    """Roles whose trust policy is known and does not let AWS Backup in.

    By what a selection's `IamRoleArn` says of them (an ARN, or the expression that stands there): their name, and the
    place of the trust policy.
    """
    made: dict[str, tuple[str, Span]] = {}
    for one in found:
        document = one.body.get("AssumeRolePolicyDocument")
        if one.kind != "role" or not isinstance(document, Mapping) or next(unknowns(document), None) is not None:
            continue
        if not _let_in(document):
            place = one.places.get("/AssumeRolePolicyDocument", one.place)
            made.update((said, (name, place)) for said, name in _said(one))
    return made


def _let_in(document: Mapping[str, Any]) -> bool:
    """Whether AWS Backup may assume the role; conditions are passed over, since they speak of who uses it."""
    bare = [
        {key: value for key, value in one.items() if key != "Condition"}
        for one in _statements(document)
        if one.get("Effect") == "Allow"
    ]
    return trusts({"Statement": bare}, principal_arn="", principal_account=_SOMEBODY, service=SERVICE)


def _statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    said = document.get("Statement")
    return [one for one in (said if isinstance(said, list) else [said]) if isinstance(one, Mapping)]


def _said(role: Found) -> Iterable[tuple[str, str]]:
    """How selections name a role, and its name for people."""
    name, path = role.body.get("RoleName"), role.body.get("Path", "/")
    if isinstance(name, Unknown):
        yield f"{name.expression.removesuffix('}')}.Arn}}", name.expression
    elif isinstance(name, str) and isinstance(path, str):
        for partition in ("aws", "aws-us-gov", "aws-cn"):
            yield arns.role(partition, "$account", f"{path.strip('/')}/{name}".lstrip("/")), name
