"""The shapes of a backup selection that the service refuses, whatever resources there are.

Source: Backup API `BackupSelection`, `BackupSelectionName`, `Condition`; quotas page; the live answer "Either
'ListOfTags' or 'Resources' section must be non-empty" as seen in public threads 2021-2023 (a text of the API says that
such a selection takes everything; the service did not); read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from backstay_aws.catalog import limit

TAG_PREFIX = "aws:ResourceTag/"
"""Stands before a tag's key in Conditions, and not in ListOfTags."""

_OPERATORS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")


class SelectionProblem(Enum):
    """Everything for which the service refuses a selection; the value says it in words."""

    NO_NAME = "SelectionName is missing"
    NAME = "SelectionName is not 1 to 50 letters, digits, hyphens, underscores or periods"
    NO_ROLE = "IamRoleArn is missing"
    EMPTY = "neither Resources nor ListOfTags has an entry"
    RESOURCES_PLAIN = "Resources has too many ARNs without a wildcard"
    RESOURCES_WILDCARD = "Resources has too many ARNs with a wildcard"
    NOT_RESOURCES_PLAIN = "NotResources has too many ARNs without a wildcard"
    NOT_RESOURCES_WILDCARD = "NotResources has too many ARNs with a wildcard"
    TAGS = "ListOfTags has too many entries"
    TAG_OPERATOR = "ListOfTags has a ConditionType other than STRINGEQUALS"
    CONDITIONS = "Conditions has too many entries"

    @property
    def member(self) -> str:
        """The member of the request at fault; for EMPTY the first of the two."""
        return "Resources" if self is SelectionProblem.EMPTY else self.value.split()[0]


def problems(body: Mapping[str, Any]) -> tuple[SelectionProblem, ...]:
    """List why the service would refuse this `BackupSelection`; empty when it would take it.

    Quotas are the defaults of the catalogue. `StringEquals` passes as a spelling of STRINGEQUALS: the guide uses it.
    """
    return tuple(_problems(body))


def _problems(body: Mapping[str, Any]) -> Iterator[SelectionProblem]:
    name = body.get("SelectionName")
    if not name:
        yield SelectionProblem.NO_NAME
    elif not re.fullmatch(r"[a-zA-Z0-9\-_.]{1,50}", str(name)):
        yield SelectionProblem.NAME
    if not body.get("IamRoleArn"):
        yield SelectionProblem.NO_ROLE
    resources, tags = body.get("Resources") or (), body.get("ListOfTags") or ()
    if not resources and not tags:
        yield SelectionProblem.EMPTY
    yield from _arns(resources, SelectionProblem.RESOURCES_PLAIN, SelectionProblem.RESOURCES_WILDCARD)
    yield from _arns(
        body.get("NotResources") or (), SelectionProblem.NOT_RESOURCES_PLAIN, SelectionProblem.NOT_RESOURCES_WILDCARD
    )
    if len(tags) > limit("tags_per_selection"):
        yield SelectionProblem.TAGS
    if any(str(entry.get("ConditionType", "")).upper() != "STRINGEQUALS" for entry in tags):
        yield SelectionProblem.TAG_OPERATOR
    conditions = body.get("Conditions") or {}
    if sum(len(conditions.get(operator) or ()) for operator in _OPERATORS) > limit("conditions_per_selection"):
        yield SelectionProblem.CONDITIONS


def _arns(arns: Sequence[str], plain: SelectionProblem, wildcard: SelectionProblem) -> Iterator[SelectionProblem]:
    wild = sum("*" in arn for arn in arns)
    if len(arns) - wild > limit("plain_arns_per_selection"):
        yield plain
    if wild > limit("wildcard_arns_per_selection"):
        yield wildcard
