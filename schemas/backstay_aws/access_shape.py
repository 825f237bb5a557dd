"""What is wrong with a vault's access policy as a document, before anyone asks it for anything.

Source: Backup developer guide "Vault access policies" (no wildcard in Action) and "Creating backup copies across
accounts" (only backup:CopyIntoBackupVault can be effective from outside); IAM user guide "Version"; read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backstay_aws import arns
from backstay_aws.policy_document import statements, values

COPY_INTO = "backup:CopyIntoBackupVault"
"""The only action that a vault policy can give to another account."""


class DocumentProblem(StrEnum):
    """What can be wrong with a vault access policy."""

    NO_VERSION = "no-version"
    NO_STATEMENT = "no-statement"
    NOT_ACTION = "not-action"
    WILDCARD_ACTION = "wildcard-action"
    EXTRA_CROSS_ACCOUNT_ACTION = "extra-cross-account-action"


@dataclass(frozen=True, slots=True)
class DocumentFinding:
    """One problem and its place: the number of the statement (None: the document) and the text at fault."""

    problem: DocumentProblem
    statement: int | None
    text: str


def document_findings(document: Mapping[str, Any], *, account: str | None = None) -> tuple[DocumentFinding, ...]:
    """List what is wrong, with places. `account` owns the vault; without it only `*` counts as another account."""
    return tuple(_findings(document, account))


def document_problems(document: Mapping[str, Any], *, account: str | None = None) -> tuple[str, ...]:
    """List what is wrong, each kind once, as the words of `DocumentProblem`; arguments as in `document_findings`."""
    return tuple(dict.fromkeys(finding.problem for finding in document_findings(document, account=account)))


def _findings(document: Mapping[str, Any], account: str | None) -> Iterator[DocumentFinding]:
    if not document.get("Version"):
        yield DocumentFinding(DocumentProblem.NO_VERSION, None, "")
    found = tuple(statements(document))
    if not found:
        yield DocumentFinding(DocumentProblem.NO_STATEMENT, None, "")
    for number, statement in enumerate(found):
        yield from _statement(number, statement, account)


def _statement(number: int, statement: Mapping[str, Any], account: str | None) -> Iterator[DocumentFinding]:
    if "NotAction" in statement:
        yield DocumentFinding(DocumentProblem.NOT_ACTION, number, ", ".join(values(statement["NotAction"])))
    outside = statement.get("Effect") == "Allow" and _reaches_outside(statement, account)
    for action in values(statement.get("Action")):
        if "*" in action or "?" in action:
            yield DocumentFinding(DocumentProblem.WILDCARD_ACTION, number, action)
        elif outside and action.casefold() != COPY_INTO.casefold():
            yield DocumentFinding(DocumentProblem.EXTRA_CROSS_ACCOUNT_ACTION, number, action)


def _reaches_outside(statement: Mapping[str, Any], account: str | None) -> bool:
    principal = statement.get("Principal")
    named = ("*",) if principal == "*" else values(principal.get("AWS")) if isinstance(principal, Mapping) else ()
    return any(name == "*" or (account is not None and _account_of(name) != account) for name in named)


def _account_of(principal: str) -> str:
    arn = arns.parse(principal)
    return principal if arn is None else arn.account
