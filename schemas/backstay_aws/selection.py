"""Which resources an AWS Backup selection takes, and which shapes of a selection the service refuses.

Source: Backup API `BackupSelection`, `Conditions`, `UpdateRegionSettings`; developer guide "Assigning resources",
"Getting started" (opt-in), quotas page; read 2026-11. What AWS leaves open is a parameter (`absent_matches_not`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from backstay_aws import catalog
from backstay_aws.catalog import ResourceType
from backstay_aws.globs import glob
from backstay_aws.restore_testing import MARK
from backstay_aws.selection_shape import TAG_PREFIX, SelectionProblem, problems

__all__ = [
    "TAG_PREFIX",
    "Selection",
    "SelectionProblem",
    "from_api",
    "glob",
    "matches",
    "names_type",
    "problems",
    "to_api",
    "type_patterns",
    "types_of",
]

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """The resources of a selection: ARNs or tags take a resource in, every condition must hold, `not_resources` bar it.

    `list_of_tags` holds (key, value) pairs of which one is enough; the four condition lists hold (key, value) pairs
    that must all hold, their keys without `aws:ResourceTag/`.
    """

    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    list_of_tags: Pairs = ()
    string_equals: Pairs = ()
    string_not_equals: Pairs = ()
    string_like: Pairs = ()
    string_not_like: Pairs = ()


def from_api(body: Mapping[str, Any]) -> Selection:
    """Read the `BackupSelection` of CreateBackupSelection; members that are absent or null are empty.

    The prefix `aws:ResourceTag/` of a condition's key is taken off, and not missed where it lacks. A key of ListOfTags
    stays as it is: there the prefix does not belong.
    """
    conditions = body.get("Conditions") or {}
    return Selection(
        resources=tuple(body.get("Resources") or ()),
        not_resources=tuple(body.get("NotResources") or ()),
        list_of_tags=_pairs(body.get("ListOfTags")),
        string_equals=_bare(conditions.get("StringEquals")),
        string_not_equals=_bare(conditions.get("StringNotEquals")),
        string_like=_bare(conditions.get("StringLike")),
        string_not_like=_bare(conditions.get("StringNotLike")),
    )


def to_api(selection: Selection, name: str, role_arn: str) -> dict[str, Any]:
    """Write the `BackupSelection` of CreateBackupSelection; empty lists are left out."""
    tags = [
        {"ConditionType": "STRINGEQUALS", "ConditionKey": k, "ConditionValue": v} for k, v in selection.list_of_tags
    ]
    conditions = {
        "StringEquals": _conditions(selection.string_equals),
        "StringNotEquals": _conditions(selection.string_not_equals),
        "StringLike": _conditions(selection.string_like),
        "StringNotLike": _conditions(selection.string_not_like),
    }
    members: dict[str, Any] = {
        "SelectionName": name,
        "IamRoleArn": role_arn,
        "Resources": list(selection.resources),
        "NotResources": list(selection.not_resources),
        "ListOfTags": tags,
        "Conditions": {operator: entries for operator, entries in conditions.items() if entries},
    }
    return {member: value for member, value in members.items() if value}


def matches(
    selection: Selection,
    *,
    arn: str,
    resource_type: str,
    tags: Mapping[str, str],
    opted_in: Callable[[str], bool],
    absent_matches_not: bool = True,
) -> bool:
    """Say whether a selection takes a resource.

    `resource_type` is the API's name of the type; a type that the catalogue does not know is not supported, so never
    taken. `opted_in` answers for the type's opt-in key. Opt-in is asked for what came in by a tag, by `*` or by a
    pattern for a whole service; an ARN or a pattern for a type takes its resources without it, except for the types
    that always need it (Aurora, DocumentDB, Neptune). `absent_matches_not`: whether StringNotEquals and StringNotLike
    hold for a resource without the tag, which AWS does not say. Resources made by restore testing are never taken.
    """
    row = catalog.resource_type(resource_type)
    if row is None or _made_by_restore_test(arn, tags):
        return False
    if not _conditions_hold(selection, tags, absent_matches_not=absent_matches_not):
        return False
    if any(glob(pattern, arn) for pattern in selection.not_resources):
        return False
    hits = [pattern for pattern in selection.resources if glob(pattern, arn)]
    if any(names_type(pattern, row) for pattern in hits) and row.opt_in_always != "yes":
        return True
    tagged = any(tags.get(key) == value for key, value in selection.list_of_tags)
    return (bool(hits) or tagged) and opted_in(row.opt_in)


def type_patterns(resource_type: str, partition: str) -> tuple[str, ...]:
    """Give the ARN patterns that select a resource type in a partition; empty for an unknown type.

    Aurora, DocumentDB, Neptune and RDS Multi-AZ clusters share one form, so a pattern of one takes the others too.
    """
    row = catalog.resource_type(resource_type)
    return tuple(pattern.replace("{partition}", partition) for pattern in row.patterns) if row else ()


@lru_cache(maxsize=1024)
def types_of(arn: str) -> tuple[str, ...]:
    """The resource types whose ARNs a text can be, by the API's names; none if the catalogue cannot tell."""
    partition = arn.split(":", 2)[1]
    rows = catalog.resource_types()
    return tuple(row.name for row in rows if any(glob(text, arn) for text in type_patterns(row.name, partition)))


def names_type(pattern: str, row: ResourceType) -> bool:
    """Tell a pattern for a type or one resource from `*` and from one for a whole service (`arn:aws:ec2:*`)."""
    fields = pattern.split(":", 5)
    if len(fields) < 6:
        return False
    spelled = ":".join(["arn", "{partition}", *fields[2:]])
    return fields[5].strip("*") != "" or spelled in row.patterns


def _conditions_hold(selection: Selection, tags: Mapping[str, str], *, absent_matches_not: bool) -> bool:
    def lacks_or(key: str, differs: Callable[[str], bool]) -> bool:
        return differs(tags[key]) if key in tags else absent_matches_not

    return (
        all(tags.get(key) == value for key, value in selection.string_equals)
        and all(key in tags and glob(pattern, tags[key]) for key, pattern in selection.string_like)
        and all(lacks_or(key, value.__ne__) for key, value in selection.string_not_equals)
        and all(lacks_or(key, partial(_unlike, pattern)) for key, pattern in selection.string_not_like)
    )


def _unlike(pattern: str, text: str) -> bool:
    return not glob(pattern, text)


def _made_by_restore_test(arn: str, tags: Mapping[str, str]) -> bool:
    name = arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return name.startswith(MARK) or any(key.startswith(MARK) for key in tags)


def _pairs(entries: Any) -> Pairs:
    return tuple(
        (str(entry.get("ConditionKey") or ""), str(entry.get("ConditionValue") or "")) for entry in entries or ()
    )


def _bare(entries: Any) -> Pairs:
    return tuple((key.removeprefix(TAG_PREFIX), value) for key, value in _pairs(entries))


def _conditions(pairs: Pairs) -> list[dict[str, str]]:
    return [{"ConditionKey": TAG_PREFIX + key, "ConditionValue": value} for key, value in pairs]
