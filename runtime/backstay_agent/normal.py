"""One spelling for what AWS spells in several ways, so that equal things compare equal.

The service fills defaults in, gives lists back in another order and leaves empty blocks behind; a wish and what came of
it are compared only after both have gone through here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# Defaults that the service fills in (Backup developer guide, "Backup plan options and configuration"; API reference,
# BackupRuleInput; read 2026-11).
_RULE_DEFAULTS: dict[str, Any] = {
    "ScheduleExpression": "cron(0 5 ? * * *)",
    "ScheduleExpressionTimezone": "UTC",
    "StartWindowMinutes": 480,
    "CompletionWindowMinutes": 10080,
    "EnableContinuousBackup": False,
}
_WRITTEN_BY_AWS = {"RuleId", "DeleteAfterEvent"}
_AS_SOURCE = -1  # DeleteAfterDays of a copy: expires with its source


def plan(body: Mapping[str, Any]) -> dict[str, Any]:
    """A `BackupPlan` in normal form: rules by name, defaults filled in, nothing empty."""
    rules = sorted((_rule(rule) for rule in body["Rules"]), key=lambda rule: (rule["RuleName"], _spelling(rule)))
    rest = {name: _settled(value) for name, value in body.items() if name != "Rules" and not _empty(value)}
    return {**rest, "Rules": rules}


def _rule(body: Mapping[str, Any]) -> dict[str, Any]:
    rule = _RULE_DEFAULTS | {name: value for name, value in body.items() if not _empty(value)}
    rule["Lifecycle"] = _lifecycle(rule.get("Lifecycle", {}))
    copies = [_copy(copy, rule["Lifecycle"]) for copy in rule.get("CopyActions", [])]
    rule["CopyActions"] = sorted(copies, key=_spelling)
    return {name: _settled(value) for name, value in sorted(rule.items()) if _kept(name, value)}


def _copy(body: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    lifecycle = _lifecycle(body.get("Lifecycle") or {})
    if lifecycle.get("DeleteAfterDays", _AS_SOURCE) == _AS_SOURCE:
        lifecycle.pop("DeleteAfterDays", None)
        if "DeleteAfterDays" in source:
            lifecycle["DeleteAfterDays"] = source["DeleteAfterDays"]
    destination = {"DestinationBackupVaultArn": body["DestinationBackupVaultArn"]}
    return {**destination, "Lifecycle": lifecycle} if lifecycle else destination


def _lifecycle(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sorted(body.items()) if _kept(name, value) and value is not False}


def selection(body: Mapping[str, Any]) -> dict[str, Any]:
    """A `BackupSelection` in normal form: lists sorted, empty ones dropped."""
    normal = {name: value for name, value in body.items() if not _empty(value)}
    if "ListOfTags" in normal:
        normal["ListOfTags"] = [
            tag | {"ConditionType": tag.get("ConditionType", "STRINGEQUALS").upper()} for tag in normal["ListOfTags"]
        ]
    if "Conditions" in normal:
        normal["Conditions"] = {name: value for name, value in normal["Conditions"].items() if not _empty(value)}
    return {name: _settled(value) for name, value in sorted(normal.items()) if not _empty(value)}


def notifications(body: Mapping[str, Any]) -> dict[str, Any]:
    """A vault's notifications in normal form."""
    return {"SNSTopicArn": body["SNSTopicArn"], "BackupVaultEvents": sorted(set(body["BackupVaultEvents"]))}


def policy(document: str | Mapping[str, Any]) -> dict[str, Any]:
    """A policy document as a value: lists where one string was allowed, in one order; "*" for every principal."""
    body = json.loads(document) if isinstance(document, str) else dict(document)
    statements = [_statement(statement) for statement in _as_list(body.get("Statement", []))]
    rest = {name: value for name, value in sorted(body.items()) if name != "Statement"}
    return {**rest, "Statement": sorted(statements, key=_spelling)}


def settled(value: Any) -> Any:
    """A body without what says nothing (absent members, empty lists and maps), its lists in one order. Texts stay."""
    if isinstance(value, Mapping):
        inside = {key: settled(item) for key, item in sorted(value.items())}
        return {key: item for key, item in inside.items() if item is not None and item not in ([], {})}
    if isinstance(value, list | tuple):
        return sorted((settled(item) for item in value), key=_spelling)
    return value


def _statement(body: Mapping[str, Any]) -> dict[str, Any]:
    normal = dict(body)
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        if name in normal:
            normal[name] = sorted(_as_list(normal[name]))
    for name in ("Principal", "NotPrincipal"):
        if name in normal:
            normal[name] = _principal(normal[name])
    if "Condition" in normal:
        normal["Condition"] = {
            operator: {key: sorted(_word(item) for item in _as_list(wanted)) for key, wanted in keys.items()}
            for operator, keys in normal["Condition"].items()
        }
    return dict(sorted(normal.items()))


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _principal(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    kinds = {kind: sorted(_as_list(names)) for kind, names in value.items()}
    return "*" if kinds == {"AWS": ["*"]} else kinds


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _settled(value: Any) -> Any:
    """Lists in one order, all the way down."""
    if isinstance(value, Mapping):
        return {key: _settled(item) for key, item in sorted(value.items())}
    if isinstance(value, list | tuple):
        return sorted((_settled(item) for item in value), key=_spelling)
    return value


def _kept(name: str, value: Any) -> bool:
    return name not in _WRITTEN_BY_AWS and not _empty(value)


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, Mapping | list | tuple | str) and not value)


def _spelling(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
