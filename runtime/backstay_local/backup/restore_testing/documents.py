"""Restore testing plans and selections as documents: what AWS refuses in one, and what it adds to one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from backstay_aws import arns, catalog, restore_testing
from backstay_aws.selection import TAG_PREFIX
from backstay_local.backup import errors, rules
from backstay_local.backup.restore_testing.rows import LOOKBACK_DAYS, START_HOURS, VALIDATION_HOURS
from backstay_local.backup.rows import Json
from backstay_local.wire.call import AwsError

EVERY = "*"
_NEEDED = ("Algorithm", "IncludeVaults", "RecoveryPointTypes")  # required by the text, not by the shape (semantics §9)
_NAME = re.compile(r"[a-zA-Z0-9_]+")
_SIGNS = frozenset("_.:/=+-@")
_OPERATORS = ("StringEquals", "StringNotEquals")
_KEY_LENGTH, _VALUE_LENGTH = 128, 256


def check_name(member: str, name: str) -> None:
    """Refuse a name that is not made of 1 to 50 letters, digits and underscores."""
    longest = catalog.limit("restore_name_length")
    if len(name) > longest or not _NAME.fullmatch(name):
        raise errors.invalid(f"{member} must have 1 to {longest} letters, digits and underscores, but is {name!r}.")


def plan(given: Mapping[str, Any]) -> Json:
    """The body of a plan as AWS keeps it."""
    points = _present(given.get("RecoveryPointSelection") or {})
    defaults = {"ScheduleExpressionTimezone": rules.DEFAULT_ZONE, "StartWindowHours": START_HOURS}
    return {
        **defaults,
        **_present(given),
        "RecoveryPointSelection": {"ExcludeVaults": [], "SelectionWindowDays": LOOKBACK_DAYS} | points,
    }


def selection(given: Mapping[str, Any]) -> Json:
    """The body of a selection as AWS keeps it."""
    return {"ValidationWindowHours": VALIDATION_HOURS} | _present(given)


def merged(body: Json, given: Mapping[str, Any]) -> Json:
    """A body after an update, which leaves out what stays as it is."""
    return body | _present(given)


def plan_problem(body: Json, *, hourly: bool) -> AwsError | None:
    """Why AWS refuses a plan, if it does."""
    points = body["RecoveryPointSelection"]
    for member in _NEEDED:
        if not points.get(member):
            return errors.missing(f"RecoveryPointSelection must have {member}.")
    found = next(_plan_reasons(body, points, hourly=hourly), None)
    return None if found is None else errors.invalid(found)


def selection_problem(body: Json, region: str, account: str) -> AwsError | None:
    """Why AWS refuses a selection, if it does."""
    if not body.get("ProtectedResourceArns") and body.get("ProtectedResourceConditions") is None:
        return errors.missing("A selection needs ProtectedResourceArns or ProtectedResourceConditions.")
    found = next(_selection_reasons(body, region, account), None)
    return None if found is None else errors.invalid(found)


def conditions(body: Json) -> Iterator[tuple[str, str, str]]:
    """Operator, tag key and value of each condition of a selection; `aws:ResourceTag/` before a key is taken off.

    The API reference forbids it there, the live service takes it (examples of the Terraform provider).
    """
    given = body.get("ProtectedResourceConditions") or {}
    for operator in _OPERATORS:
        for pair in given.get(operator) or ():
            yield operator, pair["Key"].removeprefix(TAG_PREFIX), pair["Value"]


def _plan_reasons(body: Json, points: Json, *, hourly: bool) -> Iterator[str]:
    yield from rules.schedule_problems(body, hourly=hourly)
    yield from _outside("StartWindowHours", body, 1, catalog.limit("restore_start_window_hours"))
    yield from _outside("SelectionWindowDays", points, 1, catalog.limit("restore_lookback_days"))
    most = catalog.limit("vaults_per_restore_plan")
    for member in ("IncludeVaults", "ExcludeVaults"):
        if len(points[member]) > most:
            yield f"{member} cannot have more than {most} elements."
        for vault in points[member]:
            if vault != EVERY and not _names_vaults(vault):
                yield f"{member} must have ARNs of backup vaults, patterns for them, or *, but has {vault}."


def _names_vaults(pattern: str) -> bool:
    parsed = arns.parse(pattern)
    return parsed is not None and parsed.service == "backup" and parsed.resource.startswith(("backup-vault:", EVERY))


def _selection_reasons(body: Json, region: str, account: str) -> Iterator[str]:
    kind = body["ProtectedResourceType"]
    row = catalog.resource_type(kind)
    if row is None or catalog.cell(row, "restore_testing", region) == "no":
        yield f"ProtectedResourceType {kind} is not supported by restore testing."
    role = arns.parse(body["IamRoleArn"])
    if role is None or role.service != "iam" or role.account != account or not role.resource.startswith("role/"):
        yield f"IamRoleArn {body['IamRoleArn']} is not the ARN of a role of account {account}."
    yield from _outside("ValidationWindowHours", body, 0, catalog.limit("restore_validation_window_hours"))
    yield from _resource_reasons(body.get("ProtectedResourceArns") or [], list(conditions(body)))
    yield from restore_testing.override_problems(kind, body.get("RestoreMetadataOverrides") or {})


def _resource_reasons(wanted: list[str], asked: list[tuple[str, str, str]]) -> Iterator[str]:
    most = catalog.limit("arns_per_restore_selection")
    if len(wanted) > most:
        yield f"ProtectedResourceArns cannot have more than {most} elements."
    named = [arn for arn in wanted if arn != EVERY]
    if named and len(named) < len(wanted):
        yield 'ProtectedResourceArns must be ["*"] or specific ARNs, not both.'
    for arn in named:
        if arns.parse(arn) is None or EVERY in arn:
            yield f"ProtectedResourceArns must be ARNs without wildcards, but has {arn}."
    if named and asked:
        yield "A selection can have specific ProtectedResourceArns or ProtectedResourceConditions, not both."
    most = catalog.limit("conditions_per_restore_selection")
    if len(asked) > most:
        yield f"ProtectedResourceConditions cannot have more than {most} conditions."
    for _, key, value in asked:
        yield from _tag_reasons(key, value)


def _tag_reasons(key: str, value: str) -> Iterator[str]:
    if not 1 <= len(key) <= _KEY_LENGTH or not _plain(key):
        yield f"{key!r} is not a tag key of 1 to {_KEY_LENGTH} letters, digits, blanks and _ . : / = + - @ signs."
    if key.lower().startswith("aws:"):
        yield f"Tag key {key} of a condition must not begin with aws:."
    if len(value) > _VALUE_LENGTH or not _plain(value):
        yield f"{value!r} is not a tag value of 0 to {_VALUE_LENGTH} letters, digits, blanks and _ . : / = + - @ signs."


def _plain(text: str) -> bool:
    return all(sign in _SIGNS or unicodedata.category(sign)[0] in "LNZ" for sign in text)


def _outside(member: str, body: Json, least: int, most: int) -> Iterator[str]:
    if not least <= body[member] <= most:
        yield f"{member} must be within {least} and {most}, but is {body[member]}."


def _present(given: Mapping[str, Any]) -> Json:
    return {name: value for name, value in given.items() if value is not None}
